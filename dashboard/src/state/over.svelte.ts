/** What is shown over time: which weeks, which day, and what the server told of them. */
import { read } from "../lib/door";
import type { Effect, Practised, Returns, Trends } from "../lib/looks";
import { utc } from "../lib/time";
import { dayIn, midnight, mondayOf, WEEK_DAYS } from "../lib/weeks";
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

  async look(): Promise<void> {
    const now = house.time();
    this.today = dayIn(now);
    const [year, query] = [this.year, { from: utc(midnight(this.from)), to: utc(now / 1000 + 1) }];
    const [trends, returns, effect, practised] = await Promise.allSettled([
      read<Trends>("/trends", query),
      read<Returns>("/returns", query),
      read<Effect>("/effect"),
      read<Practised>("/trends/practices", query),
    ]);
    if (year !== this.year) return;
    if (trends.status === "fulfilled") this.trends = trends.value;
    if (returns.status === "fulfilled") this.returns = returns.value;
    if (effect.status === "fulfilled") this.effect = effect.value;
    if (practised.status === "fulfilled") this.practised = practised.value;
    this.looked = true;
  }
}
export const over = new Over();
