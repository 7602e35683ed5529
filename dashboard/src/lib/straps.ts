/** The straps in the room, as the door tells of them. */
import type { Text } from "./types";

export interface FoundStrap {
  id: string;
  name: string | null;
  tail: string;
  signal: "close" | "near" | "far" | null;
  known: boolean;
  current: boolean;
}
export interface ChosenStrap {
  id: string;
  name: string | null;
  tail: string;
  since_s: number;
  found_s: number | null;
  connected_s: number | null;
  skin_s: number | null;
  beat_s: number | null;
}
export interface Straps {
  /** A strap can be worn here; or by leaving the demo; or not, as in a replay. */
  can: "here" | "leave" | "not";
  looking_s: number | null;
  looked: boolean;
  found: FoundStrap[];
  problem: { title: Text; do: Text } | null;
  chosen: ChosenStrap | null;
}

/** How many of three bars a signal fills. */
export const BARS = { close: 3, near: 2, far: 1 } as const;
/** The way from a choice to a beat, in order. */
export const STEPS = ["found", "connected", "skin", "beat"] as const;
