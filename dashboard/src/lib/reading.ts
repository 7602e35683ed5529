/** One reading in words: where it stands, for how long, and what is usual. */
import type { Band, Metric, Missing, Now } from "./types";
import { number, say, type Key } from "./words";

export const SHORT = { heart_rate: "metric.hr.short", rmssd: "metric.rmssd.short" } as const;

const WORD: Record<Missing, Key> = {
  moving: "chart.moving",
  strap_off: "chart.strap_off",
  poor_signal: "chart.poor_signal",
  no_link: "chart.no_link",
  irregular: "chart.irregular",
  no_intervals: "chart.no_intervals",
};

/** The word that stands in a number's place; null where the number may be shown. */
export function missingWord(now: Now | null, metric: Metric | null, stale: boolean): string | null {
  if (stale) return say("chart.no_link");
  const told = now?.missing === "no_intervals" && metric?.value != null;
  if (now?.missing && !told) return say(WORD[now.missing]);
  if (!metric || metric.value === null) return say("value.missing");
  return null;
}

/** "Above, 25 s" */
export function placeWord(metric: Metric): string {
  if (!metric.band || !metric.place) return "";
  if (metric.place === "inside") return say("now.in_range");
  const { place, outside_s: s } = metric;
  if (s <= 0) return say(`now.${place}`);
  return s < 120 ? say(`now.${place}_s`, { s }) : say(`now.${place}_min`, { min: Math.floor(s / 60) });
}

/** "usual 64–79", in its longer form where there is room. */
export function usualWord(band: Band | null, long: boolean): string {
  if (!band) return say("now.no_range");
  const values = { low: band.low, high: band.high };
  if (!long) return say("now.usual", values);
  return say(band.scope === "hour" ? "now.usual_hour" : "now.usual_day", values);
}

/** The gauge as a sentence, for those who hear it. */
export function gaugeWord(name: string, unit: string, metric: Metric, missing: string | null): string {
  if (missing !== null || metric.value === null) {
    return say("metric.gauge.missing", { name, word: missing ?? say("value.missing") });
  }
  const values = { name, unit, value: number(metric.value) };
  if (!metric.band || !metric.place) return say("metric.gauge.no_range", values);
  const { low, high } = metric.band;
  return say(`metric.gauge.${metric.place}`, { ...values, low, high });
}

/** "2 s ago" */
export function ageWord(age: number): string {
  return age < 120
    ? say("now.age", { s: Math.floor(age) })
    : say("now.age_min", { min: Math.floor(age / 60) });
}

/** "still for 34 min" */
export function stillWord(still: number | null): string {
  if (still === null) return "";
  return still < 120
    ? say("now.still_s", { s: Math.floor(still) })
    : say("now.still", { min: Math.floor(still / 60) });
}
