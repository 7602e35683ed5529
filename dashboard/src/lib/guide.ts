/** Which words stand on the screen at second t of a practice. */
import { SIX_A_MINUTE } from "./breath";
import type { Choice, Guidance, PracticeStep } from "./practice";
import type { Key } from "./words";

export interface Line {
  at: number;
  text: string;
  title: string | null;
}
export const FADE_S = 0.6;
/** What stands where a person said "not today" to the hard one, and what is left out for it. */
const WARM = "morning.difficult.skip_ack";
const DIFFICULT = "morning.difficult.";

const AT_S = [
  [0, 7, 15, 24],
  [30, 37, 47],
  [60, 68, 77, 85],
];

/** The same pause as the server's, for a page that could not ask it. */
export const PAUSE: Guidance = {
  kind: "pause",
  length_s: 90,
  breath: SIX_A_MINUTE,
  bells: [0, 30, 60, 90],
  steps: AT_S.map((lines, k): PracticeStep => ({
    at_s: k * 30,
    title: `pause.step${k + 1}.title`,
    lines: lines.map((at_s, i) => ({ at_s, text: `pause.step${k + 1}.line${i + 1}` })),
  })),
  fork: null,
  questions: [],
  offered: null,
};

/** What was said along the way that changes the words. */
export interface Said {
  choice: Choice | null;
  /** The second at which the hard one was put aside. */
  skipped: number | null;
}

/** All lines of a practice in order, counted from its start, along the branch that was taken. */
export function guide(it: Guidance, said: Said): Line[] {
  const lines = it.steps.flatMap(({ title, lines }) =>
    lines.map(({ at_s, text }) => ({ at: at_s, text, title })),
  );
  const branch = it.fork?.branches.find(({ name }) => name === (said.choice ?? it.fork!.default));
  for (const { at_s, text } of branch?.lines ?? []) lines.push({ at: at_s, text, title: null });
  const { skipped } = said;
  if (skipped === null) return lines;
  const warm = { at: skipped, text: WARM, title: null };
  const kept = lines.filter(({ at, text }) => !(at >= skipped && text.startsWith(DIFFICULT)));
  return [...kept, warm].sort((one, other) => one.at - other.at);
}

/** The line that stands at t (it stays until the next), and the one before it. */
export function lineAt(lines: Line[], t: number): { line: Line | null; before: Line | null } {
  const i = lines.findLastIndex((line) => line.at <= t);
  return { line: lines[i] ?? null, before: lines[i - 1] ?? null };
}

/** How far the line that began at `at` has come in, 0…1. */
export const shownShare = (at: number, t: number): number =>
  at === 0 ? 1 : Math.min(Math.max((t - at) / FADE_S, 0), 1);

/** The step at t. */
export const stepAt = (it: Guidance, t: number): number =>
  Math.max(0, it.steps.findLastIndex(({ at_s }) => at_s <= t));

/** How far each step has gone, 0…1. */
export const stepShares = (it: Guidance, t: number): number[] =>
  it.steps.map(({ at_s }, k) => {
    const end = it.steps[k + 1]?.at_s ?? it.length_s;
    return Math.min(Math.max((t - at_s) / (end - at_s), 0), 1);
  });

/** The question one may write under at t, if it is asked just now. */
export const questionAt = (it: Guidance, t: number): string | null =>
  it.questions.findLast(({ at_s }) => at_s <= t)?.key ?? null;

/** Whether the line is about the hard one. */
export const isDifficult = (line: Line | null): boolean =>
  line !== null && line.text.startsWith(DIFFICULT) && line.text !== WARM;

/** What a step is called in a list: its title, or the line it begins with. */
export const stepNames = ({ steps }: Guidance): string[] =>
  steps.length > 1
    ? steps.map(({ title, lines }) => title ?? lines[0]!.text)
    : steps.flatMap(({ lines }) => lines.map(({ text }) => text));

const NAMES: Record<string, Key> = {
  pause: "pause.name",
  morning: "morning.name",
  midday: "midday.name",
  evening: "evening.name",
  weekly: "weekly.name",
  weekly_tonglen: "weekly.tonglen.name",
  weekly_metta: "weekly.metta.name",
  weekly_journal: "weekly.journal.name",
  breath: "signs.offer.breath",
  kindness: "signs.offer.kindness",
};
const LENGTHS: Record<string, Key> = {
  pause: "pause.length",
  morning: "morning.length",
  midday: "midday.length",
  evening: "evening.length",
};

/** What a practice is called, and how long it takes; a kind of a later version is nameless. */
export const nameOf = (kind: string): Key => NAMES[kind] ?? "nav.practices";
export const lengthOf = (kind: string): Key => LENGTHS[kind] ?? "weekly.length";
