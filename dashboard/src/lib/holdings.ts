/** What crosses the door of one's own data. */
import type { Text } from "./types";

export interface Format {
  name: string;
  title: string;
  reads: boolean;
  writes: boolean;
  /** What it cannot hold, as a text's key. */
  loses: string | null;
}
export interface Holdings {
  folder: string;
  size_bytes: number;
  readings: number;
  days: number;
  first_at: string | null;
  last_at: string | null;
  waiting: { percent: number } | null;
  formats: Format[];
}
export interface Exporting {
  n: number;
  total: number;
  done: boolean;
  failed: boolean;
  file: string;
  beats: number;
  days: number;
  size_bytes: number;
}
export interface Importing {
  id: string;
  file: string;
  state: "reading" | "deriving" | "done" | "refused";
  percent: number;
  beats_new: number;
  beats_known: number;
  lines_left_out: number;
  problems: { file: string; line: number | null; text: string }[];
  undated: boolean;
  placed_at: string | null;
  why: Text | null;
}
export interface Deleted {
  deleted_at: string;
  records: number;
  files: number;
  found: number;
  folder: string;
  left: string[];
}
