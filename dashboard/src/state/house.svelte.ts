/** What the server said last, and how long ago. */
import { listen, read, type Told } from "../lib/door";
import { PAUSE } from "../lib/guide";
import type { Exporting } from "../lib/holdings";
import { recall, remember } from "../lib/store";
import type { Guidance, Invitation, Kind } from "../lib/practice";
import type { Begun, Now, Pause, Prompt, Strap } from "../lib/types";
import { belongings } from "./belongings.svelte";
import { clock } from "./clock.svelte";

/** Older than this, a number is no longer shown. */
export const STALE_S = 10;

class House {
  now = $state.raw<Now | null>(null);
  strap = $state.raw<Strap | null>(null);
  prompt = $state.raw<Prompt | null>(null);
  invitation = $state.raw<Invitation | null>(null);
  /** How each practice is guided, as the server told it last; the pause is always known. */
  practices = $state.raw<Guidance[]>(recall("practices", [PAUSE]));
  pauses = $state.raw<Record<string, Pause>>({});
  /** The pause that a button elsewhere began last: on the desktop, the phone, at home. */
  begun = $state.raw<Begun | null>(null);
  /** Wall time (ms) since which the server has been silent; null while it speaks. */
  goneSince = $state<number | null>(null);
  /** Counts the times the stream was opened, so that others can catch up. */
  opened = $state(0);
  /** The server has said what is now; before that nobody knows what time it is in a replayed day. */
  spoken = $derived(this.now !== null);
  #heard = $state(0);

  /** Seconds since the mark that is shown was decided. */
  get age(): number | null {
    if (this.now?.at == null) return null;
    return (this.now.age_s ?? 0) + Math.max(0, clock.ms - this.#heard) / 1000;
  }

  get stale(): boolean {
    return this.age !== null && this.age > STALE_S;
  }

  /** The session's own time in ms; a replayed day brings its own clock. */
  time(): number {
    if (this.now?.at == null) return Date.now();
    const since = Math.max(0, performance.now() - this.#heard);
    return Date.parse(this.now.at) + (this.now.age_s ?? 0) * 1000 + since;
  }

  hear(now: Now): void {
    this.now = now;
    this.strap = now.strap;
    this.#heard = performance.now();
    clock.ms = this.#heard;
    // An answer arrives as its own event; an offer that is simply no longer there has left.
    if (now.prompt || this.prompt?.status === "offered") this.prompt = now.prompt;
    this.invitation = now.invitation ?? null;
  }

  guidance(kind: Kind): Guidance {
    return this.practices.find((one) => one.kind === kind) ?? PAUSE;
  }

  /** Keep what is told of a pause; an answer that was overtaken takes nothing back. */
  keep(pause: Pause): void {
    const known = this.pauses[pause.id];
    if ((known?.ended_at && !pause.ended_at) || (known?.after && !pause.after)) return;
    this.pauses = { ...this.pauses, [pause.id]: pause };
  }

  #event(name: Told, data: unknown): void {
    if (name === "now") this.hear(data as Now);
    else if (name === "strap") this.strap = data as Strap;
    else if (name === "prompt") this.prompt = data as Prompt;
    else if (name === "invitation") this.invitation = data as Invitation | null;
    else if (name === "pause") this.keep(data as Pause);
    else if (name === "begun") this.begun = data as Begun;
    else if (name === "export") belongings.exporting = data as Exporting;
    else if (!belongings.removing) location.reload(); // deleted, by another page or by a command
  }

  #connected(yes: boolean): void {
    if (yes) {
      this.goneSince = null;
      this.opened += 1;
      void this.learn();
    } else this.goneSince ??= Date.now();
  }

  async learn(): Promise<void> {
    const told = await read<{ items: Guidance[] }>("/practices").catch(() => null);
    if (!told) return;
    this.practices = told.items;
    remember("practices", told.items);
  }

  async pause(id: string): Promise<void> {
    const pause = await read<Pause>(`/pauses/${encodeURIComponent(id)}`).catch(() => null);
    if (pause) this.keep(pause);
  }

  enter(): () => void {
    read<Now>("/now").then(
      (now) => this.hear(now),
      () => this.#connected(false),
    );
    return listen(
      (name, data) => this.#event(name, data),
      (yes) => this.#connected(yes),
    );
  }
}
export const house = new House();
