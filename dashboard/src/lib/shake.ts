/** The same practice for the hand: each sign as milliseconds on, off, on. */
import { signs, type Sign } from "./breath";
import type { Guidance } from "./practice";

const PATTERN: Record<Sign, number[]> = {
  in: [70],
  out: [70, 110, 70],
  bell: [220],
  end: [220, 180, 220, 180, 450],
};
const LATE_S = 0.4;
const OFFER = [120, 200, 120];

/** Shake for the sign that fell between two looks at the clock; one that is late is left out. */
export function shake(it: Guidance, before: number, t: number): void {
  const due = signs(it, before, t).filter(({ at }) => t - at < LATE_S);
  const first = due[0];
  if (first) navigator.vibrate(PATTERN[first.sign]);
}

export function shakeOnce(): void {
  if (!navigator.userActivation?.hasBeenActive) return;
  navigator.vibrate(OFFER);
}
