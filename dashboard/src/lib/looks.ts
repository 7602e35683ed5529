/** What crosses the door about weeks and shifts, rather than about this moment. */
import type { Text } from "./types";

export interface Run {
  from_s: number;
  to_s: number;
  state: "still" | "below_usual" | "moving" | "strap_off" | "poor_signal";
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
