/** What the person has set, kept by the server; each change goes there at once. */
import { ask, Refused } from "../lib/door";
import type { Settings } from "../lib/types";
import type { Key } from "../lib/words";

type Change = Partial<Settings>;

class Wishes {
  body = $state.raw<Settings | null>(null);
  /** What is said of the last change. */
  said = $state.raw<Key | null>(null);
  #etag = "*";
  #line: Promise<unknown> = Promise.resolve();

  /** Read what holds now. */
  async load(): Promise<void> {
    const { body, etag } = await ask<Settings>("GET", "/settings");
    this.body = body;
    this.#etag = etag ?? "*";
  }

  /** Change some of it, one change after the other; says whether it is kept. */
  change(what: Change): Promise<boolean> {
    const done = this.#line.then(() => this.#change(what));
    this.#line = done;
    return done;
  }

  /** The same from where the settings are not in sight: what another device changed stays. */
  async wish(what: Change): Promise<boolean> {
    const first = await this.change(what);
    return first || this.said !== "settings.conflict" ? first : this.change(what);
  }

  async #change(what: Change): Promise<boolean> {
    const before = this.body;
    this.said = null;
    try {
      if (!before) await this.load();
      const whole = { ...this.body!, ...what };
      this.body = whole;
      const { body, etag } = await ask<Settings>("PUT", "/settings", whole, { "If-Match": this.#etag });
      this.body = body;
      this.#etag = etag ?? "*";
      this.said = "settings.saved";
      return true;
    } catch (error) {
      this.body = before;
      await this.#explain(error);
      return false;
    }
  }

  async #explain(error: unknown): Promise<void> {
    const status = error instanceof Refused ? error.status : 0;
    if (status === 412) await this.load().catch(() => undefined);
    this.said =
      status === 412
        ? "settings.conflict"
        : status === 422
          ? "settings.refused"
          : "now.quiet.unreachable";
  }
}
export const wishes = new Wishes();
