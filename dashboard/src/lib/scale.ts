/** One vertical scale for panel and gauge: how far it reaches, where its ticks stand. */
import type { Measure } from "./series";
import type { Band } from "./types";

export interface Scale {
  low: number;
  high: number;
  ticks: number[];
}
const EMPTY: Record<Measure, [number, number]> = { heart_rate: [50, 100], rmssd: [0, 60] };

/** Round ticks, three to five of them. */
export function ticks(low: number, high: number): number[] {
  const step = [2, 5, 10, 20, 25, 50, 100].find((size) => count(low, high, size) <= 5) ?? 200;
  const first = Math.ceil(low / step) * step;
  return Array.from({ length: count(low, high, step) }, (_, i) => first + i * step);
}

const count = (low: number, high: number, step: number): number =>
  Math.max(0, Math.floor(high / step) - Math.ceil(low / step) + 1);

function around(measure: Measure, bands: Band[]): [number, number] | null {
  if (!bands.length) return null;
  const low = Math.min(...bands.map((band) => band.low));
  const high = Math.max(...bands.map((band) => band.high));
  return measure === "heart_rate" ? [low - 10, high + 20] : [low * 0.4, high * 1.3];
}

/** The reach the bands ask for; a value beyond it widens the scale instead of being cut. */
export function scaleOf(measure: Measure, bands: Band[], values: (number | null)[]): Scale {
  const seen = values.filter((value) => value !== null);
  let reach = around(measure, bands);
  if (!reach && seen.length > 1) reach = [Math.min(...seen) - 8, Math.max(...seen) + 8];
  let [low, high] = reach ?? EMPTY[measure];
  for (const value of seen) {
    low = Math.min(low, value - 2);
    high = Math.max(high, value + 2);
  }
  low = Math.max(0, low);
  return { low, high, ticks: ticks(low, high) };
}

/** Where a value stands between bottom (0) and top (1). */
export const share = (scale: Scale, value: number): number =>
  (value - scale.low) / (scale.high - scale.low);
