/** The stretch of time on screen: asked for once, then continued mark by mark. */
import { read } from "../lib/door";
import { continued, series, type Series } from "../lib/series";
import { seconds, utc } from "../lib/time";
import type { Windows } from "../lib/types";
import { house } from "./house.svelte";

export type Range = "30min" | "1h" | "4h" | "shift";
const SPAN_S: Record<Range, number> = { "30min": 1800, "1h": 3600, "4h": 14400, shift: 43200 };
const POINTS = 1440;
const AGAIN_S = 30;
const OVERLAP_S = 60;

class Trace {
  range = $state<Range>("1h");
  data = $state.raw<Series | null>(null);
  #loaded = { range: "", at: 0 };
  #busy = false;

  /** The right edge: the last mark that was decided. */
  get to(): number {
    return house.now?.at ? seconds(house.now.at) : Date.now() / 1000;
  }

  get from(): number {
    const worn = house.now?.worn_since ? seconds(house.now.worn_since) : null;
    const full = this.to - SPAN_S[this.range];
    // Before the strap went on there is nothing: an hour begins there, if half of one is left.
    if (worn === null || this.range === "4h") return full;
    return Math.max(full, Math.min(worn, this.to - SPAN_S["30min"]));
  }

  async #read(from: number): Promise<Series> {
    const query = { from: utc(from), to: utc(this.to), points: POINTS };
    return series(await read<Windows>("/windows", query));
  }

  /** Bring the series up to the last mark; all of it where it cannot be continued. */
  async follow(whole = false): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    const [range, to] = [this.range, this.to];
    const fresh = whole || !this.data || this.#loaded.range !== range;
    try {
      if (fresh || this.data!.step > 5) {
        if (fresh || to - this.#loaded.at >= AGAIN_S) await this.#whole(range, to);
      } else await this.#tail();
    } catch {
      // The stream says when the server is gone; the chart stays as it was.
    }
    this.#busy = false;
    if (this.range !== range) await this.follow(true);
  }

  async #whole(range: Range, to: number): Promise<void> {
    this.data = await this.#read(this.from);
    this.#loaded = { range, at: to };
  }

  async #tail(): Promise<void> {
    const last = this.data!.t.at(-1);
    const since = Math.max(this.from, (last ?? this.from) - OVERLAP_S);
    this.data = continued(this.data!, await this.#read(since), since, this.from - this.data!.step);
  }
}
export const trace = new Trace();
