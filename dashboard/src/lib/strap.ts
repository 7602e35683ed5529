/** The strap in two or three words. */
import type { Strap } from "./types";
import type { Key } from "./words";

const WORDS: Record<Strap["state"], Key> = {
  absent: "strap.none",
  connecting: "strap.looking",
  subscribed: "strap.waiting",
  live: "strap.on",
  silent: "strap.silent",
  lost: "strap.looking",
  unavailable: "strap.unavailable",
  ended: "strap.ended",
};

export function strapWord(strap: Strap | null, stale: boolean): Key {
  if (stale) return "strap.unknown";
  if (!strap) return "strap.none";
  if (strap.state === "live" && strap.contact === "lost") return "strap.off";
  return WORDS[strap.state];
}
