/** What a pause's result says below its rows: times, what was left out, what is not there. */
import { clockTime } from "./time";
import type { Part, Pause } from "./types";
import { say, sayText } from "./words";

const left = (part: Part | null): string =>
  (part?.excluded ?? []).map(({ id, s }) => say(`result.excluded.${id}`, { s })).join(", ");

function timed(which: "before" | "after", part: Part | null): string {
  if (!part) return "";
  const values = { from: clockTime(part.from), to: clockTime(part.to) };
  const excluded = left(part);
  return excluded
    ? say(`result.${which}.excluded`, { ...values, excluded })
    : say(`result.${which}.when`, values);
}

/** Sentences for the small print, in order. */
export function smallPrint(pause: Pause): string[] {
  const { before, during, after } = pause;
  const excluded = left(during);
  return [
    pause.band.heart_rate || pause.band.rmssd ? say("result.shaded") : "",
    timed("before", before),
    timed("after", after),
    excluded ? say("result.during.excluded", { excluded }) : say("result.during.when"),
    ...pause.notes.map(sayText),
  ].filter(Boolean);
}

/** Whole minutes until what comes after is filled in. */
export const minutesUntil = (ready: string, now: number): number =>
  Math.max(1, Math.ceil((Date.parse(ready) - now) / 60_000));
