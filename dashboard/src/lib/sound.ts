/** The bells and notes of a practice, made here (no files) and laid ahead from its clock. */
import { signs, type Sign } from "./breath";
import type { Guidance } from "./practice";

const AHEAD_S = 2;
const PEAK = 10 ** (-18 / 20);
const BELL = [
  { hz: 523, part: 1 },
  { hz: 1046, part: 0.5 },
  { hz: 1413, part: 0.25 },
];
const BELL_S = 2.5;
const BELL_SUM = BELL.reduce((sum, { part }) => sum + part, 0);
const APART_S = 1.4;
const SOFT_S = 0.012;

let shared: AudioContext | null = null;

/** The one audio context; browsers wake it only after the first touch of the page. */
function audio(): AudioContext | null {
  if (typeof AudioContext === "undefined") return null;
  shared ??= new AudioContext();
  if (shared.state === "suspended") void shared.resume().catch(() => undefined);
  return shared;
}

function tone(to: GainNode, at: number, hz: number, peak: number, rise: number, length: number): void {
  const voice = to.context.createOscillator();
  const gain = to.context.createGain();
  voice.frequency.value = hz;
  gain.gain.setValueAtTime(0, at);
  gain.gain.linearRampToValueAtTime(peak, at + rise);
  gain.gain.setTargetAtTime(0, at + rise, (length - rise) / 4);
  voice.connect(gain).connect(to);
  voice.start(at);
  voice.stop(at + length + 0.5);
}

function bell(to: GainNode, at: number, loud = 1): void {
  for (const { hz, part } of BELL) {
    tone(to, at, hz, (loud * PEAK * part) / BELL_SUM, SOFT_S, BELL_S);
  }
}

function play(to: GainNode, sign: Sign, at: number): void {
  if (sign === "in") tone(to, at, 262, PEAK, 0.2, 0.9);
  else if (sign === "out") tone(to, at, 196, PEAK, 0.3, 1.6);
  else bell(to, at);
  if (sign === "end") bell(to, at + APART_S);
}

/** The bell of an offer: half as loud; unheard where the page was never touched. */
export function ringOnce(): void {
  if (!navigator.userActivation?.hasBeenActive) return;
  const context = audio();
  if (!context || context.state !== "running") return;
  const out = context.createGain();
  out.connect(context.destination);
  bell(out, context.currentTime + 0.05, 0.5);
}

/** Which of the two a person wants to hear. */
export interface Heard {
  bell: boolean;
  breath: boolean;
}

/** Lays the sounds of one practice at most two seconds ahead; what was slept through is left out. */
export class Bells {
  #context = audio();
  #bell = this.#way();
  #breath = this.#way();

  constructor(
    readonly guidance: Guidance,
    readonly clock: () => number,
    private laid: number,
  ) {}

  until(wanted: Heard): void {
    const context = this.#context;
    if (!context) return;
    const t = this.clock();
    this.#bell!.gain.setTargetAtTime(wanted.bell ? 1 : 0, context.currentTime, 0.02);
    this.#breath!.gain.setTargetAtTime(wanted.breath ? 1 : 0, context.currentTime, 0.02);
    const from = Math.max(this.laid, t - 0.1);
    if (context.state === "running") {
      for (const { at, sign } of signs(this.guidance, from, t + AHEAD_S)) {
        const way = sign === "in" || sign === "out" ? this.#breath : this.#bell;
        play(way!, sign, context.currentTime + Math.max(0, at - t));
      }
    }
    this.laid = Math.max(this.laid, t + AHEAD_S);
  }

  /** Whatever was laid ahead falls silent. */
  end(): void {
    for (const way of [this.#bell, this.#breath]) {
      way?.gain.setTargetAtTime(0, this.#context!.currentTime, 0.05);
    }
  }

  #way(): GainNode | undefined {
    const way = this.#context?.createGain();
    way?.connect(this.#context!.destination);
    return way;
  }
}
