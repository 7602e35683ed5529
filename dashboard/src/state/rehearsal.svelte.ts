/** What the settings in sight would have meant on the person's own last shifts. */
import { post } from "../lib/door";
import type { Preview } from "../lib/looks";
import type { Settings } from "../lib/types";

// A slider that moves says where it is many times a second; only where it rests is of interest.
const REST_MS = 150;

class Rehearsal {
  told = $state.raw<Preview | null>(null);
  #wanted = "";
  #asked = "";
  #busy = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Ask for these settings once they have rested; of several, the last one counts. */
  want(settings: Settings): void {
    this.#wanted = JSON.stringify(settings);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#ask(), REST_MS);
  }

  /** Forget what was asked, so that a later visit asks anew. */
  rest(): void {
    clearTimeout(this.#timer);
    this.#asked = "";
  }

  /** One question at a time: the server has each shift to go through. */
  async #ask(): Promise<void> {
    if (this.#busy || this.#asked === this.#wanted) return;
    this.#busy = true;
    this.#asked = this.#wanted;
    try {
      const told = await post<Preview>("/settings/preview", JSON.parse(this.#asked));
      if (this.#asked === this.#wanted) this.told = told;
    } catch {
      this.#asked = "";
      this.told = null;
      this.#busy = false;
      return;
    }
    this.#busy = false;
    await this.#ask();
  }
}
export const rehearsal = new Rehearsal();
