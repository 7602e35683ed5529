/** What keeps offers back just now, in a sentence; nothing where nothing does. */
import type { Now } from "./types";
import { say, type Key } from "./words";

/** Told with their end; without one there is nothing to tell of some. */
const UNTIL: Record<string, Key> = {
  deferred: "state.deferred.line",
  quiet: "state.quiet.line",
  calendar: "state.calendar.line",
  with_someone: "state.with_patient.line",
  snoozed: "state.snoozed.line",
  refractory: "stance.refractory",
};
const ALWAYS: Record<string, Key> = {
  snoozed: "state.snoozed_shift.line",
  paused: "state.paused.line",
  refractory: "stance.between",
  budget: "stance.budget",
  late: "stance.late",
  in_pause: "stance.in_pause",
};

/** A silence that chance chose is not among them: it is told afterwards. */
export function stanceWord(now: Now): string {
  const { name } = now.stance;
  const asked = name === "with_someone" ? now.with_someone_until : null;
  const silent = name === "quiet" || name === "snoozed" ? now.quiet_until : null;
  const time = now.stance.until ?? asked ?? silent;
  if (time !== null && UNTIL[name]) return say(UNTIL[name], { time });
  return ALWAYS[name] ? say(ALWAYS[name]) : "";
}

/** What stands on the button that asks for silence. */
export function quietWord(now: Now | null): string {
  if (now && !now.offers) return say("now.quiet_off");
  if (now?.quiet_until) return say("now.quiet_is", { time: now.quiet_until });
  return say(now?.stance.name === "snoozed" ? "now.quiet_shift" : "now.quiet_until");
}
