/** What crosses the door about weeks and shifts, rather than about this moment. */
import type { PauseMark, PromptStatus, Text } from "./types";

export interface Run {
  from_s: number;
  to_s: number;
  state: string;
}
/** One own shift, with the offers that some settings would have made. */
export interface ShiftDay {
  from: string;
  to: string;
  worn_h: number;
  eligible_share: number | null;
  offers: string[];
  states: Run[];
}
export interface Preview {
  shifts: number;
  offers_per_shift: number | null;
  still_outside_share: number | null;
  days: ShiftDay[];
  lines: Text[];
  missing: Text | null;
  suggestion: Text | null;
}
export interface Lasting {
  median_min: number | null;
  low_min: number | null;
  high_min: number | null;
  n: number;
  censored: number;
  text: Text;
}
export interface Away {
  date: string;
  minutes: number;
  back: boolean;
}
export interface Week {
  monday: string;
  time: Lasting;
}
export interface Fitted {
  monday: string;
  minutes: number;
  low: number;
  high: number;
}
export interface Returns {
  all: Lasting;
  with_pause: Lasting;
  without_pause: Lasting;
  paused: number;
  each: Away[];
  weeks: Week[];
  trend: { text: Text; line: Fitted[] };
  notes: Text[];
  help: Text[];
}
export interface Arm {
  n: number;
  missing: number;
}
/** A number with its interval, and the sentence for it where there is one. */
export interface Between {
  value: number;
  low: number;
  high: number;
  n: number;
  text: Text | null;
}
export interface Effect {
  comparing: boolean;
  n: number;
  needed: number;
  offered: Arm;
  silent: Arm;
  text: Text;
  do: Text | null;
  rmssd: Between | null;
  heart_rate: Between | null;
  taken: Between | null;
  untreated: Between | null;
  naive: Between | null;
  regression: Text[];
  notes: Text[];
}
export interface Reach {
  low: number;
  high: number;
}
export interface Measured {
  value: number;
  low: number | null;
  high: number | null;
  n: number;
}
export const MEASURES = ["still", "heart_rate", "rmssd", "soothing"] as const;
export type Told = (typeof MEASURES)[number];
type Each = Record<Told, Measured | null> & { worn_s: number; still_s: number; practice_s: number };
export type DayOf = Each & { date: string };
export type WeekOf = Each & { monday: string; days: number };
export type MonthOf = Each & { month: string; days: number };
/** What is told of one measure: its band, its change, and the least these days could show. */
export interface PanelOf {
  band: Reach | null;
  line: (Reach & { monday: string; value: number })[];
  change_unit: string;
  detectable: number | null;
  detectable_at: Reach | null;
  text: Text;
}
export interface Trends {
  text: Text;
  days: DayOf[];
  weeks: WeekOf[];
  months: MonthOf[];
  panels: Record<Told, PanelOf>;
  help: Text[];
}
export interface DayRibbon {
  from: string;
  to: string;
  spans: { from: string; to: string; state: string; below: boolean }[];
  pauses: PauseMark[];
  worn_s: number;
  still_s: number;
}
/** A change from before to after, and the same of alike moments without a practice. */
export interface Compared {
  done: (Reach & { value: number }) | null;
  without: (Reach & { value: number }) | null;
}
export interface Practised {
  items: { kind: string; n: number; text: Text; rmssd: Compared; heart_rate: Compared }[];
  help: Text[];
}
/** Marks told alike, or an offer. */
export interface Stretch {
  from: string;
  to: string;
  at: string;
  kind: "offer" | "silence";
  text: Text;
  prompt: string | null;
  answer: PromptStatus | null;
}
