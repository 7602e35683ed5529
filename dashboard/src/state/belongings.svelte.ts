/** My data: where it lies, what goes out, what comes in, and what is gone. */
import { ask, read, Refused } from "../lib/door";
import type { Deleted, Exporting, Holdings, Importing } from "../lib/holdings";
import { say } from "../lib/words";

const LOOK_MS = 1000;
/** Deleting looks through everything that was kept: years of it take minutes. */
const DELETE_MS = 600_000;
/** Another file is being read, or an export made. */
const BUSY = 409;

function whyNot(error: unknown): "busy" | "refused" | "unreachable" {
  if (!(error instanceof Refused)) return "unreachable";
  return error.status === BUSY ? "busy" : "refused";
}

class Belongings {
  held = $state.raw<Holdings | null>(null);
  exporting = $state.raw<Exporting | null>(null);
  importing = $state.raw<Importing | null>(null);
  gone = $state.raw<Deleted | null>(null);
  /** It is this page that deletes: it stays, to show the proof. */
  removing = false;
  /** What is being done, or was refused. */
  said = $state("");
  #timer: ReturnType<typeof setTimeout> | undefined;

  async look(): Promise<void> {
    this.held = await read<Holdings>("/data").catch(() => this.held);
  }

  /** A file goes in as it is; what becomes of it is asked for until it is through. */
  async take(file: File, start: string): Promise<void> {
    this.said = "";
    const query = new URLSearchParams({ name: file.name, ...(start && { start }) });
    try {
      const reply = await fetch(`/api/v1/import?${query}`, {
        method: "POST",
        headers: { "Content-Type": "application/octet-stream" },
        body: file,
      });
      if (!reply.ok) throw new Refused(reply.status);
      this.importing = (await reply.json()) as Importing;
      this.follow();
    } catch (error) {
      this.said = say(`data.import.${whyNot(error)}`, { file: file.name });
    }
  }

  /** Go on asking what becomes of a file, also one that came in before this page was open. */
  follow(): void {
    clearTimeout(this.#timer);
    const now = this.importing;
    if (!now || now.state === "done" || now.state === "refused") return void this.look();
    this.#timer = setTimeout(async () => {
      const id = encodeURIComponent(now.id);
      this.importing = await read<Importing>(`/import/${id}`).catch(() => now);
      this.follow();
    }, LOOK_MS);
  }

  rest(): void {
    clearTimeout(this.#timer);
  }

  async remove(confirm: string): Promise<void> {
    this.said = say("data.delete.doing");
    this.removing = true;
    try {
      this.gone = (await ask<Deleted>("DELETE", "/me", { confirm }, {}, DELETE_MS)).body;
      this.said = "";
      localStorage.clear();
    } catch {
      this.removing = false;
      this.said = say("data.delete.refused");
    }
  }
}
export const belongings = new Belongings();
