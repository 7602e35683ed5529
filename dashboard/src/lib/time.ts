/** Moments, as this browser's zone writes them. */
import { tongue } from "./tongue.svelte";

/** A way to write moments that goes by the language spoken at the time. */
function inLocale(options: Intl.DateTimeFormatOptions): { format: (at: Date) => string } {
  const made = new Map<string, Intl.DateTimeFormat>();
  const format = (at: Date): string => {
    const { locale } = tongue;
    const known = made.get(locale) ?? new Intl.DateTimeFormat(locale, options);
    made.set(locale, known);
    return known.format(at);
  };
  return { format };
}

const short = inLocale({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const long = inLocale({
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
});
const day = inLocale({ day: "numeric", month: "short", timeZone: "UTC" });

const named = inLocale({ weekday: "long", timeZone: "UTC" });
const dated = inLocale({ weekday: "long", day: "numeric", month: "short", timeZone: "UTC" });
const month = inLocale({ month: "short", year: "numeric", timeZone: "UTC" });

export type Moment = string | number | Date;

/** 14:32 */
export const clockTime = (at: Moment): string => short.format(new Date(at));

/** 14:32:05 */
export const clockSeconds = (at: Moment): string => long.format(new Date(at));

/** 24 Nov, of a calendar day. */
export const dayMonth = (date: string): string => day.format(new Date(`${date}T12:00:00Z`));

/** Tuesday 24 Nov, of a calendar day. */
export const dayLong = (date: string): string => dated.format(new Date(`${date}T12:00:00Z`));

/** Nov 2026, of a calendar month. */
export const monthYear = (date: string): string => month.format(new Date(`${date}-15T12:00:00Z`));

// 2024 began on a Monday.
/** Sunday, of a day of the week counted from Monday as 0. */
export const weekday = (day: number): string => named.format(new Date(Date.UTC(2024, 0, 1 + day)));

/** The calendar day of a moment, as this browser's zone has it: 2026-11-24. */
export function calendarDay(at: Moment): string {
  const local = new Date(at);
  return new Date(local.getTime() - local.getTimezoneOffset() * 60_000).toISOString().slice(0, 10);
}

/** Seconds since 1970 of a UTC string. */
export const seconds = (at: string): number => Date.parse(at) / 1000;

/** A UTC string of seconds since 1970. */
export const utc = (s: number): string => new Date(s * 1000).toISOString();

/** 1:13, for what is left of a pause. */
export function minutesSeconds(s: number): string {
  const left = Math.max(0, Math.ceil(s));
  return `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
}

const STEPS_MIN = [1, 2, 5, 10, 15, 30, 60, 120, 180, 240];

/** Moments on round minutes (of this zone) between two, at least `room_s` apart. */
export function roundMinutes(from: number, to: number, room_s: number): number[] {
  const step = 60 * (STEPS_MIN.find((min) => min * 60 >= room_s) ?? 360);
  const zone = new Date(to * 1000).getTimezoneOffset() * 60;
  const first = Math.ceil((from - zone) / step) * step + zone;
  const marks: number[] = [];
  for (let at = first; at < to - room_s * 0.8; at += step) marks.push(at);
  return marks;
}
