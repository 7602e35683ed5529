/** The journal as the server has it, page by page, and what still waits in this browser. */
import { read } from "../lib/door";
import type { JournalLine } from "../lib/practice";
import type { Page } from "../lib/types";

const AT_ONCE = 50;

class Diary {
  lines = $state.raw<JournalLine[]>([]);
  next = $state<string | null>(null);
  /** What was looked for. */
  find = $state("");
  state = $state<"looking" | "there" | "unreachable">("looking");
  #asked = 0;

  /** Look from the newest on; of several questions the last one counts. */
  async look(find = this.find): Promise<void> {
    this.find = find;
    await this.#read(null);
  }
  async more(): Promise<void> {
    if (this.next !== null) await this.#read(this.next);
  }

  async #read(cursor: string | null): Promise<void> {
    const asked = ++this.#asked;
    const query = {
      limit: AT_ONCE,
      ...(this.find && { find: this.find }),
      ...(cursor !== null && { cursor }),
    };
    try {
      const { items, next } = await read<Page<JournalLine>>("/journal", query);
      if (asked !== this.#asked) return;
      this.lines = cursor === null ? items : [...this.lines, ...items];
      this.next = next;
      this.state = "there";
    } catch {
      if (asked === this.#asked) this.state = "unreachable";
    }
  }

  /** A line was taken by the server, or is gone. */
  hear(name: string, line: JournalLine | null): void {
    const rest = this.lines.filter(({ id }) => id !== name && id !== line?.id);
    const all = line ? [...rest, line] : rest;
    this.lines = all.sort((one, other) => other.at.localeCompare(one.at));
  }
}
export const diary = new Diary();
