/** What is told of days, weeks and months, as a chart and its table have it. */
import type { Measured, Reach, Returns, Told, Trends } from "./looks";
import { dayLong, dayMonth, monthYear } from "./time";
import { dayNumber, lastingWord, rangeWord, WEEK_DAYS } from "./weeks";
import { number, say, type Key } from "./words";

export interface Spot {
  /** Its first day, and how many it has. */
  day: number;
  of: number;
  value: number | null;
  low: number | null;
  /** Null beside a `low`: where it ends is not known yet. */
  high: number | null;
  /** What the cursor says of it. */
  word: string;
  cells: string[];
  /** What stands in its place where it is too few to have a value. */
  few?: string;
}
/** The sentence of a cursor: the parts that there are. */
export const spokenOf = (...parts: string[]): string => `${parts.filter(Boolean).join(", ")}.`;

const weekOf = (monday: string): string => say("trend.week_of", { day: dayMonth(monday) });
const MINUTE_S = 60;

function placed(value: number, band: Reach | null): string {
  if (!band) return "";
  return say(`trend.place.${value > band.high ? "above" : value < band.low ? "below" : "inside"}`);
}

function interval(it: Measured | null, key: "trend.interval" | "return.value.range"): string {
  return it && it.low !== null && it.high !== null ? say(key, { low: it.low, high: it.high }) : "";
}

function spot(day: number, of: number, label: string, name: string, it: Measured | null, band: Reach | null): Spot {
  const { value = null, low = null, high = null } = it ?? {};
  const said = value === null ? say("value.missing") : `${name} ${number(value)}`;
  const where = value === null ? "" : placed(value, band);
  const word = spokenOf(label, said, interval(it, "trend.interval"), where);
  return { day, of, value, low, high, word, cells: cellsOf(label, it) };
}

function cellsOf(label: string, it: Measured | null): string[] {
  const value = it ? number(it.value) : say("value.missing");
  return [label, value, interval(it, "return.value.range"), it ? number(it.n) : ""];
}

/** Days, or weeks where a year is looked at. */
export function spotsOf(trends: Trends, measure: Told, name: string, year: boolean): Spot[] {
  const { band } = trends.panels[measure];
  if (year) {
    return trends.weeks.map((week) =>
      spot(dayNumber(week.monday), WEEK_DAYS, weekOf(week.monday), name, week[measure], band),
    );
  }
  return trends.days.map((day) => {
    const it = day[measure];
    // A day is still for so long; what is measured in it rests on those of its minutes that are clear.
    const told = it && measure === "still" ? { ...it, n: day.still_s / MINUTE_S } : it;
    return spot(dayNumber(day.date), 1, dayLong(day.date), name, told, band);
  });
}

/** The months, newest first, as rows of a year's table. */
export function monthsOf(trends: Trends, measure: Told): string[][] {
  return trends.months.map((month) => cellsOf(monthYear(month.month), month[measure])).reverse();
}

/** Minutes of practice, which nothing is compared with. */
export function practiceOf(trends: Trends, year: boolean): Spot[] {
  const all = year
    ? trends.weeks.map((it) => ({ day: it.monday, of: WEEK_DAYS, label: weekOf(it.monday), s: it.practice_s }))
    : trends.days.map((it) => ({ day: it.date, of: 1, label: dayLong(it.date), s: it.practice_s }));
  return all.map(({ day, of, label, s }) => {
    const said = say("why.row.min", { n: s / MINUTE_S });
    const word = spokenOf(label, said);
    return { day: dayNumber(day), of, value: s / MINUTE_S, low: null, high: null, word, cells: [label, said] };
  });
}

/** The weeks of returns; from `needed` on one has a middle of its own. */
export function returnsOf(returns: Returns, needed: number): Spot[] {
  return returns.weeks.map(({ monday, time }) => {
    const { median_min: value, low_min: low, high_min: high, n } = time;
    const few: Key = n === 1 ? "return.few_one" : "return.few_other";
    return {
      ...{ day: dayNumber(monday), of: WEEK_DAYS, value, low, high },
      word: spokenOf(weekOf(monday), `${say("return.name")} ${lastingWord(time, needed)}`),
      cells: [
        weekOf(monday),
        value === null ? lastingWord(time, needed) : say("return.value.min", { min: value }),
        value === null ? "" : rangeWord(time),
        number(n),
      ],
      ...(value === null && n < needed ? { few: say(few, { n }) } : {}),
    };
  });
}
