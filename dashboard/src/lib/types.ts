/** What crosses the HTTP door. Times are UTC strings, missing is null. */
import type { Invitation, PracticeTimes } from "./practice";
import type { Language } from "./tongue.svelte";

export type Value = number | string | null;
export interface Text {
  id: string;
  values?: Record<string, Value>;
}
export type Place = "inside" | "above" | "below";
export interface Band {
  low: number;
  high: number;
  median: number;
  scope: "hour" | "day";
  minutes: number;
  days: number;
}
export interface Metric {
  value: number | null;
  unit: string;
  band: Band | null;
  place: Place | null;
  outside_s: number;
}
/** The soothing-system proxy: a number, its 95 % interval, and the person's own band. */
export interface Proxy {
  value: number | null;
  low: number | null;
  high: number | null;
  band: Band | null;
  place: Place | null;
  rsa_ms: number | null;
  breathing_per_min: number | null;
  missing: Text | null;
  help: Text[];
}
export type StrapState =
  | "absent"
  | "connecting"
  | "subscribed"
  | "live"
  | "silent"
  | "lost"
  | "unavailable"
  | "ended";
export interface Strap {
  state: StrapState;
  name: string | null;
  battery_percent: number | null;
  /** What the strap says, or, where it does not say, what its beats look like. */
  contact: "on" | "lost" | "plausible" | "suspect" | null;
  model: string | null;
  hint: Text | null;
  /** What this strap was found to be like, in sentences; empty where all is as it is to be. */
  audit: Text[];
  since: string | null;
  last_beat_age_s: number | null;
  problem: "none" | "off" | "permission" | "service" | null;
  incomplete: number;
}
export type Missing = "moving" | "strap_off" | "poor_signal" | "no_link" | "irregular" | "no_intervals";
export interface Now {
  at: string | null;
  age_s: number | null;
  demo: boolean;
  worn_since: string | null;
  state: string;
  missing: Missing | null;
  sentence: Text;
  detail: Text | null;
  heart_rate: Metric;
  rmssd: Metric;
  soothing: Proxy;
  still_s: number | null;
  hold: { held_s: number; needed_s: number };
  learning_percent: number;
  strap: Strap;
  prompt: Prompt | null;
  invitation?: Invitation | null;
  quiet_until: string | null;
  offers: boolean;
  stance: Stance;
  with_someone_until: string | null;
  /** Why the calendar file is not in use, or not all of it. */
  calendar: Text | null;
  language: Language | null;
}
/** How offers stand: free, or what keeps them back. */
export interface Stance {
  name: string;
  since: string | null;
  until: string | null;
}
export interface Gate {
  id: string;
  open: boolean;
  value: number | null;
  needed: number | null;
  unit: string | null;
}
export type Answer = "start" | "later" | "not_now" | "other_cause" | "was_moving";
export type PromptStatus =
  | "offered"
  | "started"
  | "later"
  | "not_now"
  | "other_cause"
  | "was_moving"
  | "expired";
export interface Reason {
  id: string;
  values: Record<string, Value>;
  value: { hr_bpm: number | null; rmssd_ms: number | null };
  band: { hr_bpm: Band | null; rmssd_ms: Band | null };
  hold_s: number;
  gates: Gate[];
  rule: string;
  rule_version: string;
  decision: string;
}
export interface Prompt {
  id: string;
  at: string;
  expires_at: string;
  wording: "plain" | "checkin";
  status: PromptStatus;
  again_at: string | null;
  reason: Reason;
}
export interface BandSpan {
  from: string;
  to: string;
  heart_rate: Band | null;
  rmssd: Band | null;
}
export interface PauseMark {
  id: string;
  number: number;
  started_at: string;
  lasted_s: number | null;
}
export interface Windows {
  from: string;
  to: string;
  step_s: number;
  t_s: number[];
  hr_bpm: (number | null)[];
  rmssd_ms: (number | null)[];
  state: string[];
  bands: BandSpan[];
  pauses: PauseMark[];
}
export interface Decision {
  id: string;
  at: string;
  state: string;
  verdict: "silent" | "prompted" | "silent_control" | "deferred";
  prompt: string | null;
  reason: Text;
  lines: Text[];
  heart_rate: Metric;
  rmssd: Metric;
  held_s: number;
  needed_s: number;
  gates: Gate[];
  beats: { used: number; of: number; coverage: number };
  rule: string;
  rule_version: string;
  demo: boolean;
}
export interface Spread {
  value: number;
  low: number;
  high: number;
}
export interface Part {
  from: string;
  to: string;
  heart_rate: Spread | null;
  rmssd: Spread | null;
  excluded: { id: "moving" | "strap_off" | "poor_signal"; s: number }[];
  missing: Text | null;
}
export interface Mostly extends Spread {
  n: number;
}
/** What this person's own minutes are like where nothing was offered. */
export interface Without {
  heart_rate: Mostly | null;
  rmssd: Mostly | null;
  missing: Text | null;
}
export interface Pause {
  id: string;
  started_at: string;
  ended_at: string | null;
  lasted_s: number | null;
  prompt_id: string | null;
  sentence: Text;
  notes: Text[];
  before: Part | null;
  during: Part | null;
  after: Part | null;
  ready_at: string | null;
  band: { heart_rate: Band | null; rmssd: Band | null };
  journal: string | null;
  without: Without | null;
}
/** A pause that a button elsewhere began. */
export interface Begun {
  id: string;
  started_at: string;
}
/** How it stands with what is told outside the page; null where it is off, or all is well. */
export interface Health {
  phone: Text | null;
  home: Text | null;
}
export interface QuietHours {
  from: string;
  to: string;
}
export type Percentile = 90 | 95 | 98;
export type Rule = "combined" | "heart-rate" | "hrv";
/** What a later version may have added goes back as it came. */
export interface Settings {
  offers: boolean;
  max_per_shift: number;
  max_per_week: number;
  quiet_hours: QuietHours[];
  snoozed_until: string | null;
  snoozed_shift: string | null;
  with_someone_until: string | null;
  time_zone: string | null;
  desktop: boolean;
  phone_url: string | null;
  phone_steps: boolean;
  home_url: string | null;
  home_heart_rate: boolean;
  home_rmssd: boolean;
  rule: Rule;
  percentile: Percentile;
  compare: boolean;
  calendar_file: string | null;
  help_list: string;
  with_someone_min: number;
  language: Language | null;
  practices: PracticeTimes;
  signs: boolean;
}
export interface Page<T> {
  items: T[];
  next: string | null;
}
