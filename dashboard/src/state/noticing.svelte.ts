/** The moment that was noticed just now, for as long as it is spoken of. */
import { keep } from "./keep.svelte";

const SAID_MS = 20_000;

class Noticing {
  key = $state<string | null>(null);
  #timer: ReturnType<typeof setTimeout> | undefined;

  mark(): void {
    this.key = keep.notice();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => (this.key = null), SAID_MS);
  }
  takeBack(): void {
    if (this.key) keep.takeBack(this.key);
    this.key = null;
  }
}
export const noticing = new Noticing();
