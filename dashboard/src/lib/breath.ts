/** The pause as functions of one clock, t in seconds from its start. */
export const LENGTH_S = 90;
export const REST_S = 2;
const STEP_S = 30;
const IN_S = 4;
const OUT_S = 6;
const ROUND_S = IN_S + OUT_S;

/** How far the figure gives way while the other is there, for a circle of this radius. */
export const STEP_BACK = { by: 53, of: 102 };

export type Cue = "in" | "out";

const within = (t: number): number => Math.min(Math.max(t, 0), LENGTH_S);

/** x²(3 − 2x), held to 0…1. */
export function ease(x: number): number {
  const held = Math.min(Math.max(x, 0), 1);
  return held * held * (3 - 2 * held);
}

/** How full the breath is, 0…1: four seconds in, six out, smooth at every joint. */
export function b(t: number): number {
  const p = within(t) % ROUND_S;
  return p < IN_S
    ? 0.5 - 0.5 * Math.cos((Math.PI * p) / IN_S)
    : 0.5 + 0.5 * Math.cos((Math.PI * (p - IN_S)) / OUT_S);
}

export const cue = (t: number): Cue => (within(t) % ROUND_S < IN_S ? "in" : "out");

/** The circle's radius; after the end it rests at `r0`. */
export const r = (t: number, r0: number, r1: number): number => r0 + (r1 - r0) * b(t);

/** The other's presence: here, gone while you are with yourself, here again. */
export const h = (t: number): number => 1 - ease((t - 30) / 4) + ease((t - 60) / 4);

/** The same without movement: it is there or it is not. */
export const hStill = (t: number): number => (step(t) === 1 ? 0 : 1);

/** 0, 1 or 2. */
export const step = (t: number): number => Math.min(2, Math.floor(within(t) / STEP_S));

/** How far step `k` has gone, 0…1. */
export const stepShare = (t: number, k: number): number =>
  Math.min(Math.max((t - k * STEP_S) / STEP_S, 0), 1);

/** How full the other's ring is: the wish goes out on the out-breath of the first step. */
export const given = (t: number): number =>
  step(t) === 0 && cue(t) === "out" ? 0.05 + 0.6 * (1 - b(t)) : 0.05;

/** How full your own circle is: it fills on the out-breath of the second step. */
export const kept = (t: number): number =>
  step(t) !== 1 ? 0.16 : cue(t) === "out" ? 0.14 + 0.36 * (1 - b(t)) : 0.14;

/** Which of ten ticks are filled, for those who want no movement. */
export const ticks = (t: number): number =>
  t >= LENGTH_S ? 0 : Math.floor(within(t) % ROUND_S) + 1;
export const isHeavy = (tick: number): boolean => tick >= IN_S;

export type Sign = "in" | "out" | "bell" | "end";

/** What is to be heard or felt with from < at ≤ to, in order. */
export function signs(from: number, to: number): { at: number; sign: Sign }[] {
  const all: { at: number; sign: Sign }[] = [];
  for (let at = 0; at < LENGTH_S; at += ROUND_S) {
    if (at % STEP_S === 0) all.push({ at, sign: "bell" });
    all.push({ at, sign: "in" }, { at: at + IN_S, sign: "out" });
  }
  all.push({ at: LENGTH_S, sign: "end" });
  return all.filter(({ at }) => at > from && at <= to);
}
