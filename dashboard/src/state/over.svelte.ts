/** What is shown over time: which weeks, which day, and what the server told of them. */
import { read } from "../lib/door";
import type { Effect, Practised, Returns, Trends } from "../lib/looks";
import { utc } from "../lib/time";
import type { Text } from "../lib/types";
import { dayIn, midnight, mondayOf, WEEK_DAYS } from "../lib/weeks";
import { sayText } from "../lib/words";
import { house } from "./house.svelte";

const WEEKS = 8;
const YEAR_WEEKS = 52;

class Over {
  year = $state(false);
  table = $state(false);
  /** The number of the calendar day it is, … */
  today = $state(0);
  /** … and of the day whose ribbon is shown, where it is another. */
  other = $state<number | null>(null);
  /** What a chart's cursor says: one voice for all of them. */
  spoken = $state("");
  trends = $state.raw<Trends | null>(null);
  returns = $state.raw<Returns | null>(null);
  effect = $state.raw<Effect | null>(null);
  practised = $state.raw<Practised | null>(null);
  looked = $state(false);
  weeks = $derived(this.year ? YEAR_WEEKS : WEEKS);
  to = $derived(mondayOf(this.today) + WEEK_DAYS);
  from = $derived(this.to - this.weeks * WEEK_DAYS);
  day = $derived(this.other ?? this.today);

  /** A sentence, unless the whole place says it already. */
  unsaid(text: Text): string {
    const said = sayText(text);
    return said === sayText(this.trends?.text) ? "" : said;
  }

  async look(): Promise<void> {
    const now = house.time();
    this.today = dayIn(now);
    const [year, query] = [this.year, { from: utc(midnight(this.from)), to: utc(now / 1000 + 1) }];
    // Each is shown as soon as it is there; what was asked for other weeks comes too late.
    const of = <T>(asked: Promise<T>, take: (told: T) => void): Promise<void> =>
      asked.then(
        (told) => {
          if (year === this.year) take(told);
        },
        () => undefined,
      );
    await Promise.all([
      of(read<Trends>("/trends", query), (told) => (this.trends = told)).then(() => (this.looked = true)),
      of(read<Returns>("/returns", query), (told) => (this.returns = told)),
      of(read<Effect>("/effect"), (told) => (this.effect = told)),
      of(read<Practised>("/trends/practices", query), (told) => (this.practised = told)),
    ]);
  }
}
export const over = new Over();
