/** What a person did or wrote, and how each is told to the server. */
import { ask, post, Refused } from "./door";
import type { Choice, EarlySign, JournalLine, Kind } from "./practice";
import type { Answer, Pause } from "./types";

/** One pause or practice as this browser knows it; wall times in ms. */
export interface Kept {
  key: string;
  kind: Kind;
  /** The offer, or for a practice the invitation, that was taken. */
  prompt: string | null;
  answered: boolean;
  started: number;
  ended: number | null;
  lasted: number | null;
  id: string | null;
  finished: boolean;
  choice: Choice | null;
  /** The second at which the hard one was put aside. */
  skipped: number | null;
  /** What stands under each question, for the field it was written in. */
  written: Record<string, string>;
  /** Early signs still to be told. */
  signs: EarlySign[] | null;
}
/** One line of the journal, on its way. */
export interface Written {
  key: string;
  /** What the server calls it; null while it is new. */
  id: string | null;
  text: string;
  at: number;
  /** The key of what it was written in, whether that was a pause, and what the server calls it. */
  of: string | null;
  paused: boolean;
  pause: string | null;
  question: string | null;
  gone: boolean;
}
/** One moment that was noticed, or is taken back. */
export interface Noticed {
  key: string;
  at: number;
  gone: boolean;
}
export interface Owed {
  prompt: string;
  answer: Answer;
  invited?: boolean;
}
export interface Session {
  id: string;
}

/** The server takes nothing older; what waited longer arrives as that old. */
const OLDEST_S = 31 * 86_400;
const ago = (wall: number): number =>
  Math.min(OLDEST_S, Math.max(0, Math.round((Date.now() - wall) / 1000)));
const keyed = (key: string): Record<string, string> => ({ "Idempotency-Key": key });
const inPath = encodeURIComponent;

export const owes = (kept: Kept): boolean =>
  !kept.answered ||
  kept.id === null ||
  (kept.ended !== null && !kept.finished) ||
  kept.signs !== null;

/** The answer; null where the server will never take it, so that nothing is asked for ever. */
export async function settled<T>(sent: Promise<T>): Promise<T | null> {
  try {
    return await sent;
  } catch (error) {
    const final = error instanceof Refused && error.status < 500;
    if (final && ![408, 425, 429].includes(error.status)) return null;
    throw error;
  }
}

export function answer<T>({ prompt, answer, invited }: Owed): Promise<T | null> {
  const path = `/${invited ? "invitations" : "prompts"}/${inPath(prompt)}/answer`;
  return settled(post<T>(path, { answer }));
}

const door = ({ kind }: Kept): string =>
  kind === "pause" ? "/pauses" : `/practices/${kind}/sessions`;

export function begin(kept: Kept): Promise<Session | null> {
  const offer = kept.kind === "pause" ? "prompt_id" : "invitation_id";
  const body = { [offer]: kept.prompt, started_ago_s: ago(kept.started) };
  return settled(post<Session>(door(kept), body, keyed(kept.key)));
}

/** Where the hard one of the morning has its turn; who ends before it has not met it. */
const DIFFICULT_S = 245;

export function finish(kept: Kept): Promise<Session | null> {
  const lasted = kept.lasted ?? 0;
  const body = {
    lasted_s: lasted,
    ended_ago_s: ago(kept.ended!),
    ...(kept.kind === "midday" && { choice: kept.choice }),
    ...(kept.kind === "morning" && { difficult: kept.skipped === null && lasted > DIFFICULT_S }),
  };
  return settled(post<Session>(`${door(kept)}/${inPath(kept.id!)}/finish`, body));
}

export const tell = ({ id, signs }: Kept): Promise<unknown> =>
  settled(post(`/practices/midday/sessions/${inPath(id!)}/signs`, { signs }));

/** Write a line where it belongs; null where the server will not have it there, or has removed it. */
export function write(line: Written): Promise<JournalLine | null> {
  const { key, id, text, of, paused, pause, question } = line;
  const place = pause !== null ? { pause_id: pause } : of !== null && !paused ? { practice_key: of } : {};
  const body =
    id !== null ? { text, id } : { text, question, written_ago_s: ago(line.at), ...place };
  return settled(post<JournalLine>("/journal", body, keyed(key)));
}

/** A line the server has not named yet goes by its key. */
export async function unwrite({ id, key }: Written): Promise<null> {
  await settled(ask("DELETE", `/journal/${inPath(id ?? key)}`));
  return null;
}

export const notice = ({ key, at, gone }: Noticed): Promise<unknown> =>
  settled(
    gone
      ? ask("DELETE", `/noticed/${inPath(key)}`)
      : post("/noticed", { ago_s: ago(at) }, keyed(key)),
  );

export const isPause = (it: Session): it is Pause => "sentence" in it;
