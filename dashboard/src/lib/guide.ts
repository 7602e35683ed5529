/** Which words stand on the screen at second t of the pause. */
import type { Practice, PracticeStep } from "./types";

export interface Line {
  at: number;
  text: string;
  title: string;
}
export const FADE_S = 0.6;

const AT_S = [
  [0, 7, 15, 24],
  [30, 37, 47],
  [60, 68, 77, 85],
];

/** The same times as the server's, for a page that could not ask it. */
const builtIn: PracticeStep[] = AT_S.map((lines, k) => ({
  at_s: k * 30,
  title: `pause.step${k + 1}.title`,
  lines: lines.map((at_s, i) => ({ at_s, text: `pause.step${k + 1}.line${i + 1}` })),
}));

/** All lines of the pause in order, counted from its start. */
export function guide(practice: Practice | null): Line[] {
  const steps = practice?.steps.length ? practice.steps : builtIn;
  return steps.flatMap((step) =>
    step.lines.map((line) => ({
      at: line.at_s < step.at_s ? step.at_s + line.at_s : line.at_s,
      text: line.text,
      title: step.title,
    })),
  );
}

/** The line that stands at t (it stays until the next), and the one before it. */
export function lineAt(lines: Line[], t: number): { line: Line | null; before: Line | null } {
  const i = lines.findLastIndex((line) => line.at <= t);
  return { line: lines[i] ?? null, before: lines[i - 1] ?? null };
}

/** How far the line that began at `at` has come in, 0…1. */
export const shownShare = (at: number, t: number): number =>
  at === 0 ? 1 : Math.min(Math.max((t - at) / FADE_S, 0), 1);
