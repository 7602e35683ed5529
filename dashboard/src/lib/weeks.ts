/** Weeks as a chart has them: where a day stands, and what a time to return is in words. */
import type { Lasting } from "./looks";
import { say } from "./words";

const DAY_MS = 86_400_000;
export const WEEK_DAYS = 7;
/** Longer than this a time away counts as this long; one evening is not to flatten the others. */
export const MOST_MIN = 60;

/** The Monday of the week a day lies in; day 4 was one. */
export const mondayOf = (day: number): number => day - ((((day - 4) % WEEK_DAYS) + WEEK_DAYS) % WEEK_DAYS);

/** The number of a calendar day, so that days can be subtracted. */
export const dayNumber = (date: string): number => Math.round(Date.parse(`${date}T00:00:00Z`) / DAY_MS);

/** The calendar day of such a number. */
export const dayOf = (number: number): string => new Date(number * DAY_MS).toISOString().slice(0, 10);

/** The number of the calendar day a moment lies in, as this browser's zone has it. */
export const dayIn = (ms: number): number =>
  Math.floor((ms - new Date(ms).getTimezoneOffset() * 60_000) / DAY_MS);

/** When such a day begins here, in seconds since 1970. */
export function midnight(day: number): number {
  const at = new Date(day * DAY_MS);
  return new Date(at.getUTCFullYear(), at.getUTCMonth(), at.getUTCDate()).getTime() / 1000;
}

/** "9 min (6–12)", or why there is no number. */
export function lastingWord(it: Lasting, needed: number): string {
  if (it.median_min === null) {
    return it.n < needed ? say("return.value.few", { n: it.n }) : say("return.value.open_end", { n: it.n });
  }
  return `${say("return.value.min", { min: it.median_min })} (${rangeWord(it)})`;
}

/** "6–12", or where it begins when its end is not known yet. */
export function rangeWord(it: Lasting): string {
  const { low_min: low, high_min: high } = it;
  return high === null ? say("return.value.from", { low }) : say("return.value.range", { low, high });
}

/** A number so small that whole ones would hide it. */
export const tenths = (value: number): string =>
  value.toLocaleString(document.documentElement.lang, { maximumFractionDigits: value < 10 ? 1 : 0 });
