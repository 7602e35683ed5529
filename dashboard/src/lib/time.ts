/** Moments, as this browser's zone writes them. */
const short = new Intl.DateTimeFormat("en", { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const long = new Intl.DateTimeFormat("en", {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
});

// The day stands first, as under every chart.
const day = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", timeZone: "UTC" });

export type Moment = string | number | Date;

/** 14:32 */
export const clockTime = (at: Moment): string => short.format(new Date(at));

/** 14:32:05 */
export const clockSeconds = (at: Moment): string => long.format(new Date(at));

/** 24 Nov, of a calendar day. */
export const dayMonth = (date: string): string => day.format(new Date(`${date}T12:00:00Z`));

// 2024 began on a Monday.
const names = new Intl.DateTimeFormat("en", { weekday: "long", timeZone: "UTC" });

/** Sunday, of a day of the week counted from Monday as 0. */
export const weekday = (day: number): string => names.format(new Date(Date.UTC(2024, 0, 1 + day)));

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
