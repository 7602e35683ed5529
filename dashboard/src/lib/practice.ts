/** What crosses the door of practices and journal. Times are UTC strings, missing is null. */
import type { QuietHours } from "./types";

export interface PracticeStep {
  at_s: number;
  title: string | null;
  lines: { at_s: number; text: string }[];
}
/** In for so long, out for so long; `from_s` is a second at which it turns inward. */
export interface Breath {
  in_s: number;
  out_s: number;
  from_s?: number;
}
export type Kind =
  | "pause"
  | "morning"
  | "midday"
  | "evening"
  | "weekly_tonglen"
  | "weekly_metta"
  | "weekly_journal"
  | "breath"
  | "kindness";
export type Invited = "morning" | "midday" | "evening" | "weekly";
export type Choice = "resonance" | "warmth" | "unsure";
export type EarlySign = "contingent" | "hard_to_leave" | "demand" | "resentment";
export interface Fork {
  until_s: number;
  default: Choice;
  branches: { name: Choice; lines: { at_s: number; text: string }[] }[];
}
export interface Guidance {
  kind: Kind;
  length_s: number;
  breath: Breath | null;
  /** The last one is the end's, where it falls on the length. */
  bells: number[];
  steps: PracticeStep[];
  fork: Fork | null;
  /** The lines one may write under. */
  questions: { at_s: number; key: string }[];
  /** When it is offered; Monday is 0. */
  offered: { from: string; to: string; days: number[] } | null;
}
/** An offer to practise, at a time the person chose. */
export interface Invitation {
  id: string;
  kind: Invited;
  expires_at: string;
  status: "offered" | "started" | "not_now" | "expired";
}
export interface JournalLine {
  id: string;
  at: string;
  text: string;
  pause_id: string | null;
  practice_id: string | null;
  practice_kind: Kind | null;
  question: string | null;
}
/** One mark on a person's own line. */
export interface Marked {
  at: string;
  kind: "noticed" | Choice | "sign";
  sign: EarlySign | null;
}
export interface PracticeTimes {
  morning?: QuietHours | null;
  midday?: QuietHours | null;
  evening?: QuietHours | null;
  /** Monday is 0. */
  weekly?: (QuietHours & { day: number }) | null;
}
