/** The straps in the room: asked for once a second while somebody looks. */
import { post, read } from "../lib/door";
import type { Straps } from "../lib/straps";

const LOOK_MS = 1000;

class Room {
  told = $state.raw<Straps | null>(null);
  /** The demo was left with a strap, and one's own day has not answered yet. */
  opening = $state(false);
  refused = $state(false);
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Ask now, and go on asking. */
  enter(): () => void {
    void this.#look();
    return () => clearTimeout(this.#timer);
  }

  async scan(): Promise<void> {
    await this.#say("/straps/scan", {});
  }

  async choose(id: string): Promise<void> {
    const leaving = this.told?.can === "leave";
    if (await this.#say("/straps/choose", { id })) this.opening = leaving;
  }

  async #look(): Promise<void> {
    clearTimeout(this.#timer);
    try {
      this.told = await read<Straps>("/straps");
      // Nothing of the demo stays in a page that shows one's own day.
      if (this.opening && this.told.can === "here") location.reload();
    } catch {
      // A server that is being exchanged answers again in a moment.
    }
    this.#timer = setTimeout(() => void this.#look(), LOOK_MS);
  }

  async #say(path: string, body: unknown): Promise<boolean> {
    this.refused = false;
    try {
      this.told = await post<Straps>(path, body);
    } catch {
      this.refused = true;
    }
    return !this.refused;
  }
}
export const room = new Room();
