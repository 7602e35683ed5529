/** The pause that is under way: one clock, read by figure, words, sound and vibration. */
import { b, LENGTH_S, REST_S } from "../lib/breath";
import { Bells } from "../lib/sound";
import { shake } from "../lib/shake";
import { StayAwake } from "../lib/wake";
import { device } from "./device.svelte";
import { keep, type Kept } from "./keep.svelte";
import { view } from "./view.svelte";

const FRAME_MS = 250;
const ASLEEP_S = 3;

class Sitting {
  kept = $state.raw<Kept | null>(null);
  t = $state(0);
  /** The second at which a reload came back in. */
  resumedAt = $state<number | null>(null);
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

  start(prompt: string | null = null): void {
    if (this.kept) return;
    this.#run(keep.begin(prompt), 0);
  }

  /** Guide a pause that a button elsewhere began `t` seconds ago. */
  join(id: string, t: number): void {
    if (this.kept || t >= LENGTH_S || keep.pauses.some((one) => one.id === id)) return;
    this.#run(keep.join(id, Date.now() - t * 1000), t);
  }

  /** Go on where a reload interrupted, or close what ended meanwhile. */
  resume(): void {
    const kept = keep.pauses.findLast((one) => one.ended === null);
    if (!kept) return;
    const t = (Date.now() - kept.started) / 1000;
    if (t < LENGTH_S) {
      this.resumedAt = Math.floor(t);
      this.#run(kept, t);
    } else this.#over(kept, true);
  }

  #run(kept: Kept, t: number): void {
    this.kept = kept;
    this.t = t;
    this.#mono = performance.now() - t * 1000;
    this.#felt = t === 0 ? -1 : t;
    this.#bells = new Bells(() => this.#clock(), this.#felt);
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
    const before = this.t;
    this.t = this.#clock();
    this.#bells?.until(device.sound);
    if (device.vibration) shake(this.#felt, this.t);
    this.#felt = this.t;
    if (this.t >= LENGTH_S && this.kept.ended === null) this.#done(this.t - before > ASLEEP_S);
    if (this.t >= LENGTH_S + REST_S) this.#leave();
  };

  #asleep = false;
  #done(asleep: boolean): void {
    this.#asleep = asleep && this.t > LENGTH_S + REST_S;
    const ended = this.kept!.started + LENGTH_S * 1000;
    this.kept = { ...this.kept!, ended };
    keep.change(this.kept.key, { ended, lasted: LENGTH_S });
  }

  /** End it here, without a question. */
  stop(): void {
    if (!this.kept) return;
    const lasted = Math.min(LENGTH_S, Math.floor(this.#clock()));
    if (this.kept.ended === null) keep.change(this.kept.key, { ended: Date.now(), lasted });
    this.#bells?.end();
    this.#leave(lasted < LENGTH_S);
  }

  #leave(early = false): void {
    const kept = this.kept!;
    clearInterval(this.#timer);
    cancelAnimationFrame(this.#frame);
    document.removeEventListener("visibilitychange", this.#look);
    this.#awake.release();
    this.kept = null;
    this.resumedAt = null;
    view.result = { key: kept.key, id: null, early, asleep: this.#asleep ? kept.ended : null };
    this.#asleep = false;
  }

  #over(kept: Kept, asleep: boolean): void {
    const ended = kept.started + LENGTH_S * 1000;
    keep.change(kept.key, { ended, lasted: LENGTH_S });
    view.result = { key: kept.key, id: null, early: false, asleep: asleep ? ended : null };
  }

  get breath(): number {
    return b(this.t);
  }
}
export const sitting = new Sitting();
