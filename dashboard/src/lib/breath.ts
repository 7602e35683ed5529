/** A practice as functions of one clock, t in seconds from its start. */
import type { Breath, Guidance } from "./practice";

export const REST_S = 2;
/** The pause's three steps. */
const STEP_S = 30;
/** Six breaths a minute; each step of the pause ends with an out-breath. */
export const SIX_A_MINUTE: Breath = { in_s: 4, out_s: 6, from_s: 0 };

/** How far the figure gives way while the other is there, for a circle of this radius. */
export const STEP_BACK = { by: 53, of: 102 };

export type Cue = "in" | "out";

/** x²(3 − 2x), held to 0…1. */
export function ease(x: number): number {
  const held = Math.min(Math.max(x, 0), 1);
  return held * held * (3 - 2 * held);
}

export const round = (breath: Breath): number => breath.in_s + breath.out_s;

/** Seconds since the breath last turned inward. */
function phase(breath: Breath, t: number): number {
  const all = round(breath);
  return (((t - (breath.from_s ?? 0)) % all) + all) % all;
}

/** How full the breath is, 0…1, smooth at every joint; after the end it rests empty. */
export function b({ breath, length_s }: Guidance, t: number): number {
  if (!breath || t >= length_s) return 0;
  const p = phase(breath, Math.max(0, t));
  return p < breath.in_s
    ? 0.5 - 0.5 * Math.cos((Math.PI * p) / breath.in_s)
    : 0.5 + 0.5 * Math.cos((Math.PI * (p - breath.in_s)) / breath.out_s);
}

export const cue = (breath: Breath, t: number): Cue => (phase(breath, t) < breath.in_s ? "in" : "out");

/** The circle's radius; after the end it rests at `r0`. */
export const r = (it: Guidance, t: number, r0: number, r1: number): number =>
  r0 + (r1 - r0) * b(it, t);

/** The other's presence: here, gone while you are with yourself, here again. */
export const h = (t: number): number => 1 - ease((t - 30) / 4) + ease((t - 60) / 4);

/** The same without movement: it is there or it is not. */
export const hStill = (t: number): number => (step(t) === 1 ? 0 : 1);

/** 0, 1 or 2 of the pause. */
const step = (t: number): number => Math.min(2, Math.floor(t / STEP_S));

/** How full the other's ring is: the wish goes out on the out-breath of the first step. */
export const given = (it: Guidance, t: number): number =>
  step(t) === 0 && cue(it.breath!, t) === "out" ? 0.05 + 0.6 * (1 - b(it, t)) : 0.05;

/** How full your own circle is: in the pause it fills on the out-breath of the second step. */
export const kept = (it: Guidance, t: number): number =>
  it.kind !== "pause" || step(t) !== 1 || t >= it.length_s
    ? 0.16
    : cue(it.breath!, t) === "out"
      ? 0.14 + 0.36 * (1 - b(it, t))
      : 0.14;

/** How many ticks of a breath are filled, for those who want no movement. */
export const ticks = ({ breath, length_s }: Guidance, t: number): number =>
  !breath || t >= length_s ? 0 : Math.floor(phase(breath, t)) + 1;

export type Sign = "in" | "out" | "bell" | "end";

/** What is to be heard or felt with from < at ≤ to, in order; a bell comes before the breath. */
export function signs(it: Guidance, from: number, to: number): { at: number; sign: Sign }[] {
  const { breath, length_s } = it;
  const all: { at: number; sign: Sign }[] = [];
  for (const at of it.bells) all.push({ at, sign: at >= length_s ? "end" : "bell" });
  if (breath) {
    const first = Math.floor((from - (breath.from_s ?? 0)) / round(breath));
    for (let at = first * round(breath) + (breath.from_s ?? 0); at <= to; at += round(breath)) {
      all.push({ at, sign: "in" }, { at: at + breath.in_s, sign: "out" });
    }
  }
  const due = all.filter(({ at, sign }) => at > from && at <= to && (at < length_s || sign === "end"));
  return due.sort((one, other) => one.at - other.at);
}
