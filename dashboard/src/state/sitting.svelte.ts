/** The pause or practice under way: one clock, read by figure, words, sound and vibration. */
import { REST_S } from "../lib/breath";
import type { Kept } from "../lib/errands";
import { guide, PAUSE, type Line } from "../lib/guide";
import { Bells } from "../lib/sound";
import { shake } from "../lib/shake";
import type { Choice, Guidance, Kind } from "../lib/practice";
import { StayAwake } from "../lib/wake";
import { device } from "./device.svelte";
import { house } from "./house.svelte";
import { keep } from "./keep.svelte";
import { view } from "./view.svelte";

const FRAME_MS = 250;
const ASLEEP_S = 3;
/** How long the screen stays lit after a touch, where eyes are closed. */
const LIT_S = 5;

class Sitting {
  kept = $state.raw<Kept | null>(null);
  guidance = $state.raw<Guidance>(PAUSE);
  t = $state(0);
  lines = $derived<Line[]>(
    guide(this.guidance, { choice: this.kept?.choice ?? null, skipped: this.kept?.skipped ?? null }),
  );
  over = $derived(this.t >= this.guidance.length_s);
  /** The choice can still be made. */
  forks = $derived(this.guidance.fork !== null && this.t < this.guidance.fork.until_s);
  /** The second at which a reload came back in. */
  resumedAt = $state<number | null>(null);
  #litUntil = $state(0);
  /** Somebody is writing: the end of the time waits for the hand to rest. */
  writing = $state(false);
  /** Eyes are closed: nothing but paper and spine, until a touch or the end; nobody writes so. */
  dark = $derived(
    device.has("closed") &&
      this.guidance.breath !== null &&
      !(this.forks || this.over || this.writing) &&
      this.t >= this.#litUntil,
  );
  #mono = 0;
  #bells: Bells | null = null;
  #awake = new StayAwake();
  #felt = 0;
  #frame = 0;
  #timer: ReturnType<typeof setInterval> | undefined;

  /** Seconds since the start: the later of two clocks, as either may stop while a phone sleeps. */
  #clock(): number {
    const mono = performance.now() - this.#mono;
    return Math.max(mono, Date.now() - this.kept!.started) / 1000;
  }

  /** Begin; with the offer or the invitation that was taken. */
  start(kind: Kind = "pause", prompt: string | null = null): void {
    if (this.kept) return;
    view.close();
    this.#run(keep.begin(kind, prompt), 0);
  }

  /** Guide a pause that a button elsewhere began `t` seconds ago. */
  join(id: string, t: number): void {
    if (this.kept || t >= PAUSE.length_s || keep.pauses.some((one) => one.id === id)) return;
    this.#run(keep.join(id, Date.now() - t * 1000), t);
  }

  /** Go on where a reload interrupted, or close what ended meanwhile. */
  resume(): void {
    const kept = keep.pauses.findLast((one) => one.ended === null);
    if (!kept) return;
    const t = (Date.now() - kept.started) / 1000;
    if (t < house.guidance(kept.kind).length_s) {
      this.resumedAt = Math.floor(t);
      this.#run({ ...kept }, t);
    } else this.#over(kept);
  }

  #run(kept: Kept, t: number): void {
    this.guidance = house.guidance(kept.kind);
    this.kept = kept;
    this.t = t;
    this.#litUntil = t + LIT_S;
    this.#mono = performance.now() - t * 1000;
    this.#felt = t === 0 ? -1 : t;
    this.#bells = new Bells(this.guidance, () => this.#clock(), this.#felt);
    this.#awake.hold();
    this.#timer = setInterval(this.#look, FRAME_MS);
    document.addEventListener("visibilitychange", this.#look);
    this.#look();
    this.#next();
  }

  #next = (): void => {
    this.#frame = requestAnimationFrame(() => {
      this.#look();
      if (this.kept) this.#next();
    });
  };

  #look = (): void => {
    if (!this.kept) return;
    const { length_s } = this.guidance;
    const before = this.t;
    this.t = this.#clock();
    this.#bells?.until({ bell: device.has("sound"), breath: device.has("breath") });
    if (device.vibration) shake(this.guidance, this.#felt, this.t);
    this.#felt = this.t;
    if (this.t >= length_s && this.kept.ended === null) this.#done(this.t - before > ASLEEP_S);
    if (this.t >= length_s + REST_S && !this.writing) this.#leave();
  };

  #asleep = false;
  #done(asleep: boolean): void {
    const { length_s } = this.guidance;
    this.#asleep = asleep && this.t > length_s + REST_S;
    this.#note({ ended: this.kept!.started + length_s * 1000, lasted: length_s });
  }

  #note(what: Partial<Kept>): void {
    this.kept = { ...this.kept!, ...what };
    keep.change(this.kept.key, what);
  }

  /** The screen is lit again for a moment. */
  light(): void {
    this.#litUntil = this.t + LIT_S;
  }

  /** Where one's strength is, up to the second at which the branches begin. */
  choose(choice: Choice): void {
    if (this.kept && this.forks) this.#note({ choice });
  }

  /** The hard one is put aside for today. */
  skip(): void {
    if (this.kept && this.kept.skipped === null) this.#note({ skipped: this.t });
  }

  /** Write a line under a question; gives back the key it travels under. */
  write(question: string, text: string): string | null {
    if (!this.kept) return null;
    this.#note({ written: { ...this.kept.written, [question]: text } });
    return keep.write({ text, of: this.kept.key, question });
  }

  /** End it here, without a question. */
  stop(tooMuch = false): void {
    if (!this.kept) return;
    const { length_s } = this.guidance;
    const lasted = Math.min(length_s, Math.floor(this.#clock()));
    if (this.kept.ended === null) this.#note({ ended: Date.now(), lasted });
    this.#bells?.end();
    this.#leave(lasted < length_s, tooMuch);
  }

  #leave(early = false, tooMuch = false): void {
    const kept = this.kept!;
    clearInterval(this.#timer);
    cancelAnimationFrame(this.#frame);
    document.removeEventListener("visibilitychange", this.#look);
    this.#awake.release();
    this.kept = null;
    this.resumedAt = null;
    this.#show(kept, early, this.#asleep ? kept.ended : null, tooMuch);
    this.#asleep = false;
  }

  #over(kept: Kept): void {
    const { length_s } = house.guidance(kept.kind);
    const ended = kept.started + length_s * 1000;
    keep.change(kept.key, { ended, lasted: length_s });
    this.#show(kept, false, ended, false);
  }

  #show({ key, kind, choice }: Kept, early: boolean, asleep: number | null, tooMuch: boolean): void {
    if (kind === "pause") view.result = { key, id: null, early, asleep };
    else view.after = { key, kind, choice, early, asleep, tooMuch };
  }
}
export const sitting = new Sitting();
