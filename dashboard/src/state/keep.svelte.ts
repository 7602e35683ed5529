/** Answers that must arrive: kept in the browser, sent until the server has them. */
import { post, Refused } from "../lib/door";
import { newKey, recall, remember } from "../lib/store";
import type { Answer, Pause, Prompt, Text } from "../lib/types";
import { house } from "./house.svelte";

/** One pause as this browser knows it; wall times in ms. */
export interface Kept {
  key: string;
  prompt: string | null;
  answered: boolean;
  started: number;
  ended: number | null;
  lasted: number | null;
  id: string | null;
  finished: boolean;
  journal: string | null;
}
interface Owed {
  prompt: string;
  answer: Answer;
}
const FIRST_MS = 1000;
const LONGEST_MS = 30_000;

class Keep {
  pauses = $state(recall<Kept[]>("pauses", []));
  answers = $state(recall<Owed[]>("answers", []));
  /** What the server said to the last answer, or that it is still on its way. */
  ack = $state.raw<Text | null>(null);
  /** Which pause of the server a key of ours became. */
  ids = $state.raw<Record<string, string>>(
    Object.fromEntries(this.pauses.flatMap(({ key, id }) => (id === null ? [] : [[key, id]]))),
  );
  /** Offers answered here, so that their echo is not taken for somebody else's answer. */
  readonly own = new Set<string>();
  #sending = false;
  #wait = FIRST_MS;
  #timer: ReturnType<typeof setTimeout> | undefined;

  get(key: string): Kept | undefined {
    return this.pauses.find((kept) => kept.key === key);
  }

  begin(prompt: string | null): Kept {
    if (prompt !== null) this.own.add(prompt);
    return this.#add({ prompt, answered: prompt === null, started: Date.now() });
  }

  /** A pause that a button elsewhere began: it is guided, and ended, from here too. */
  join(id: string, started: number): Kept {
    this.ack = null;
    const kept = this.#add({ prompt: null, answered: true, started, id });
    this.ids = { ...this.ids, [kept.key]: id };
    return kept;
  }

  #add(what: Pick<Kept, "prompt" | "answered" | "started"> & Partial<Kept>): Kept {
    const open = { ended: null, lasted: null, id: null, finished: false, journal: null };
    const kept = { key: newKey(), ...open, ...what };
    this.pauses.push(kept);
    this.#saved();
    return kept;
  }

  change(key: string, what: Partial<Kept>): void {
    const kept = this.get(key);
    if (!kept) return;
    Object.assign(kept, what);
    this.#saved();
  }

  /** One line for a pause, whether or not the server has heard of it yet. */
  journal(key: string | null, id: string | null, text: string): void {
    if (key !== null && this.get(key)) return this.change(key, { journal: text });
    if (id === null) return;
    const told = { answered: true, finished: true, prompt: null, started: 0, ended: 0, lasted: 0 };
    this.pauses.push({ ...told, key: newKey(), id, journal: text });
    this.#saved();
  }

  answer(prompt: Prompt, answer: Answer): void {
    this.own.add(prompt.id);
    this.answers.push({ prompt: prompt.id, answer });
    this.#saved();
  }

  /** Write down, then send; again and again, further apart each time, until all is there. */
  #saved(): void {
    remember("pauses", this.pauses);
    remember("answers", this.answers);
    this.now();
  }

  /** Try at once, for instance because the server is back. */
  now(): void {
    this.#wait = FIRST_MS;
    clearTimeout(this.#timer);
    void this.#send();
  }

  async #send(): Promise<void> {
    if (this.#sending) return;
    this.#sending = true;
    try {
      while (await this.#one());
    } catch {
      if (this.answers.length) this.ack = { id: "error.answer_waiting" };
      this.#timer = setTimeout(() => void this.#send(), this.#wait);
      this.#wait = Math.min(LONGEST_MS, this.#wait * 2);
    }
    this.#sending = false;
  }

  /** Send the next thing owed; false when nothing is. */
  async #one(): Promise<boolean> {
    const owed = this.answers[0];
    if (owed) {
      await this.#answer(owed);
      this.answers.shift();
    } else {
      const kept = this.pauses.find(owes);
      if (!kept) return false;
      await this.#pause(kept);
    }
    this.pauses = this.pauses.filter((one) => !one.finished || one.journal !== null);
    remember("pauses", this.pauses);
    remember("answers", this.answers);
    return true;
  }

  async #answer({ prompt, answer }: Owed): Promise<void> {
    const path = `/prompts/${encodeURIComponent(prompt)}/answer`;
    const said = await settled(post<{ prompt: Prompt; ack: Text | null }>(path, { answer }));
    this.ack = said?.ack ?? null;
    if (said && house.prompt?.id === said.prompt.id) house.prompt = said.prompt;
  }

  async #pause(kept: Kept): Promise<void> {
    if (!kept.answered) {
      await this.#answer({ prompt: kept.prompt!, answer: "start" });
      kept.answered = true;
    } else if (kept.id === null) await this.#start(kept);
    else if (kept.ended !== null && !kept.finished) await this.#finish(kept);
    else {
      await settled(post("/journal", { text: kept.journal, pause_id: kept.id }));
      kept.journal = null;
    }
  }

  async #start(kept: Kept): Promise<void> {
    const body = { prompt_id: kept.prompt, started_ago_s: ago(kept.started) };
    const pause = await settled(post<Pause>("/pauses", body, { "Idempotency-Key": kept.key }));
    if (!pause) return this.#drop(kept);
    kept.id = pause.id;
    house.keep(pause);
    this.ids = { ...this.ids, [kept.key]: pause.id };
  }

  async #finish(kept: Kept): Promise<void> {
    const body = { lasted_s: kept.lasted ?? 0, ended_ago_s: ago(kept.ended!) };
    const pause = await settled(post<Pause>(`/pauses/${kept.id}/finish`, body));
    kept.finished = true;
    if (pause) house.keep(pause);
  }

  #drop(kept: Kept): void {
    kept.finished = true;
    kept.journal = null;
  }
}

const owes = (kept: Kept): boolean =>
  !kept.answered ||
  kept.id === null ||
  (kept.ended !== null && !kept.finished) ||
  kept.journal !== null;

const ago = (wall: number): number => Math.max(0, Math.round((Date.now() - wall) / 1000));

/** The answer; null where the server will never take it, so that nothing is asked for ever. */
async function settled<T>(sent: Promise<T>): Promise<T | null> {
  try {
    return await sent;
  } catch (error) {
    const final = error instanceof Refused && error.status < 500;
    if (final && ![408, 425, 429].includes(error.status)) return null;
    throw error;
  }
}
export const keep = new Keep();
