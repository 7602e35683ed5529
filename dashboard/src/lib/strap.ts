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

/** Whether it touches skin, and whether the strap itself says so. */
export function contactWord(strap: Strap): Key | null {
  if (strap.contact === "on") return "strap.contact_ok";
  if (strap.contact === "lost") return "strap.contact_lost";
  return strap.contact ? "strap.contact_inferred" : null;
}
