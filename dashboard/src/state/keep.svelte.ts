/** Answers that must arrive: kept in the browser, sent until the server has them. */
import * as errands from "../lib/errands";
import { isPause, owes, type Kept, type Noticed, type Owed, type Written } from "../lib/errands";
import { Shared } from "../lib/shared";
import { newKey } from "../lib/store";
import type { EarlySign, JournalLine, Kind } from "../lib/practice";
import type { Answer, Prompt, Text } from "../lib/types";
import { house } from "./house.svelte";

const FIRST_MS = 1000;
const LONGEST_MS = 30_000;
const NEW = {
  kind: "pause" as Kind,
  prompt: null,
  answered: true,
  started: 0,
  ended: null,
  lasted: null,
  id: null,
  finished: false,
  choice: null,
  skipped: null,
  written: {},
  signs: null,
};
const LINE = { id: null, of: null, paused: false, pause: null, question: null, gone: false };

const STORED = {
  pauses: new Shared<Kept>("pauses", ({ key }) => key),
  answers: new Shared<Owed>("answers", ({ prompt, answer }) => `${prompt} ${answer}`),
  lines: new Shared<Written>("lines", ({ key }) => key),
  noticed: new Shared<Noticed>("noticed", ({ key }) => key),
};

class Keep {
  pauses = $state(STORED.pauses.recall().map((kept) => ({ ...NEW, ...kept })));
  answers = $state(STORED.answers.recall());
  lines = $state(STORED.lines.recall());
  noticed = $state(STORED.noticed.recall());
  /** What the server said to the last answer, or that it is still on its way. */
  ack = $state.raw<Text | null>(null);
  /** The last attempt found nobody: what is owed waits here. */
  stuck = $state(false);
  /** What became of the line that was told last: as it stands now, or gone. */
  took = $state.raw<{ name: string; line: JournalLine | null } | null>(null);
  /** Which pause or practice of the server a key of ours became. */
  ids = $state.raw<Record<string, string>>(
    Object.fromEntries(this.pauses.flatMap(({ key, id }) => (id === null ? [] : [[key, id]]))),
  );
  /** Offers answered here, so that their echo is not taken for somebody else's answer. */
  readonly own = new Set<string>();
  #sending = false;
  #more = false;
  #wait = FIRST_MS;
  #timer: ReturnType<typeof setTimeout> | undefined;

  get(key: string): Kept | undefined {
    return this.pauses.find((kept) => kept.key === key);
  }

  begin(kind: Kind, prompt: string | null): Kept {
    if (prompt !== null) this.own.add(prompt);
    return this.#add({ kind, prompt, answered: prompt === null, started: Date.now() });
  }

  /** A pause that a button elsewhere began: it is guided, and ended, from here too. */
  join(id: string, started: number): Kept {
    this.ack = null;
    const kept = this.#add({ started, id });
    this.ids = { ...this.ids, [kept.key]: id };
    return kept;
  }

  #add(what: Partial<Kept>): Kept {
    const kept: Kept = { ...NEW, key: newKey(), ...what };
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

  /** Which early signs fitted after a check-in, whether or not the server has heard of it yet. */
  tell(key: string, signs: EarlySign[]): void {
    if (this.get(key)) return this.change(key, { signs });
    const id = this.ids[key];
    if (id === undefined) return;
    this.pauses.push({ ...NEW, key, id, kind: "midday", ended: 0, finished: true, signs });
    this.#saved();
  }

  /** Write a line, in place of one still on its way to the same place; gives back its key. */
  write(what: Partial<Written> & { text: string }): string {
    const { key, id, of, pause, question = null } = what;
    const text = what.text.trim();
    const known = this.lines.find(
      (line) =>
        line.key === key ||
        (id != null && line.id === id) ||
        (pause != null && line.pause === pause) ||
        (of != null && line.of === of && line.question === question),
    );
    const line = { ...LINE, key: newKey(), at: Date.now(), ...what, text };
    if (known) Object.assign(known, { text, gone: false });
    else this.lines.push(line);
    this.#saved();
    return known?.key ?? line.key;
  }

  /** Remove a line, by what the server calls it or by its key. */
  remove(name: string): void {
    const known = this.lines.find(({ key, id }) => key === name || id === name);
    if (known) known.gone = true;
    else this.lines.push({ ...LINE, key: newKey(), at: Date.now(), text: "", id: name, gone: true });
    this.#saved();
  }

  /** The line has not arrived yet. */
  owesLine = (key: string): boolean => this.lines.some((line) => line.key === key);

  notice(): string {
    const key = newKey();
    this.noticed.push({ key, at: Date.now(), gone: false });
    this.#saved();
    return key;
  }
  takeBack(key: string): void {
    const known = this.noticed.find((one) => one.key === key);
    if (known) known.gone = true;
    else this.noticed.push({ key, at: 0, gone: true });
    this.#saved();
  }

  answer(prompt: { id: string }, answer: Answer, invited = false): void {
    this.own.add(prompt.id);
    this.answers.push({ prompt: prompt.id, answer, invited });
    this.#saved();
  }

  /** Write down, then send; again and again, further apart each time, until all is there. */
  #saved(): void {
    this.#remember();
    this.now();
  }
  #remember(): void {
    STORED.pauses.remember(this.pauses);
    STORED.answers.remember(this.answers);
    STORED.lines.remember(this.lines);
    STORED.noticed.remember(this.noticed);
  }

  /** Try at once, for instance because the server is back. */
  now(): void {
    this.#wait = FIRST_MS;
    clearTimeout(this.#timer);
    this.#more = true;
    void this.#send();
  }

  async #send(): Promise<void> {
    if (this.#sending) return;
    this.#sending = true;
    try {
      // What comes while it finds nothing more is seen all the same.
      do {
        this.#more = false;
        while (await this.#one()) this.stuck = false;
      } while (this.#more);
    } catch {
      this.stuck = true;
      if (this.answers.length) this.ack = { id: "error.answer_waiting" };
      this.#timer = setTimeout(() => void this.#send(), this.#wait);
      this.#wait = Math.min(LONGEST_MS, this.#wait * 2);
    }
    this.#sending = false;
  }

  /** Send the next thing owed; false when nothing is. */
  async #one(): Promise<boolean> {
    const owed = this.answers[0];
    const kept = this.pauses.find(owes);
    const [line, noticed] = [this.lines[0], this.noticed[0]];
    if (owed) {
      await this.#answer(owed);
      this.answers.shift();
    } else if (kept) await this.#pause(kept);
    else if (line) await this.#line(line);
    else if (noticed) await this.#noticed(noticed);
    else return false;
    this.pauses = this.pauses.filter((one) => !one.finished || owes(one));
    this.#remember();
    return true;
  }

  async #answer(owed: Owed): Promise<void> {
    const said = await errands.answer<{ prompt?: Prompt; ack?: Text | null }>(owed);
    if (owed.invited) return;
    this.ack = said?.ack ?? null;
    if (said?.prompt && house.prompt?.id === said.prompt.id) house.prompt = said.prompt;
  }

  async #pause(kept: Kept): Promise<void> {
    if (!kept.answered) {
      await this.#answer({ prompt: kept.prompt!, answer: "start", invited: kept.kind !== "pause" });
      kept.answered = true;
    } else if (kept.id === null) await this.#start(kept);
    else if (kept.ended !== null && !kept.finished) {
      const session = await errands.finish(kept);
      kept.finished = true;
      if (session && isPause(session)) house.keep(session);
    } else await this.#tell(kept);
  }

  async #start(kept: Kept): Promise<void> {
    const session = await errands.begin(kept);
    if (!session) {
      Object.assign(kept, { finished: true, id: "", signs: null });
      return;
    }
    kept.id = session.id;
    if (isPause(session)) house.keep(session);
    for (const line of this.lines) if (line.of === kept.key && line.paused) line.pause = session.id;
    this.ids = { ...this.ids, [kept.key]: session.id };
  }

  async #tell(kept: Kept): Promise<void> {
    const { signs } = kept;
    await errands.tell(kept);
    if (kept.signs === signs) kept.signs = null;
  }

  async #line(line: Written): Promise<void> {
    const { text, gone, id } = line;
    const kept = gone ? await errands.unwrite(line) : await errands.write(line);
    if (!gone && !kept && text && (id ?? line.pause ?? line.of) !== null) {
      // Its place is not there any more; the line is, by itself.
      Object.assign(line, { id: null, pause: null, of: null, question: null });
    } else if (line.text !== text || line.gone !== gone || (kept && id === null && kept.text !== text)) {
      // Changed meanwhile, or taken earlier with other words: once more, as a change.
      line.id = kept?.id ?? id;
    } else {
      this.lines = this.lines.filter(({ key }) => key !== line.key);
      this.took = { line: kept, name: id ?? line.key };
    }
  }

  async #noticed(one: Noticed): Promise<void> {
    const { gone } = one;
    await errands.notice(one);
    if (one.gone === gone) this.noticed = this.noticed.filter(({ key }) => key !== one.key);
  }
}
export const keep = new Keep();
