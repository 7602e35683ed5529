/** Where the person is: which place, the result of one pause, and which Why stands open. */
import type { Choice, Kind } from "../lib/practice";

export const PLACES = ["now", "practices", "trends", "journal", "settings"] as const;
/** Places one seldom needs: reached from Settings. */
export const ASIDE = ["data", "help", "strap"] as const;
export type Place = (typeof PLACES)[number] | (typeof ASIDE)[number];

export interface ResultView {
  /** Our own key for a pause just made, or the server's id for one looked up. */
  key: string | null;
  id: string | null;
  early: boolean;
  asleep: number | null;
}
/** What stands after a practice. */
export interface AfterView {
  key: string;
  kind: Kind;
  choice: Choice | null;
  early: boolean;
  asleep: number | null;
  /** It was left because it was too much. */
  tooMuch: boolean;
}
export interface WhyView {
  /** A moment as UTC string, or the offer it belongs to. */
  at: string;
  prompt: string | null;
}

/** The place an address names after its #. */
const named = (): Place =>
  [...PLACES, ...ASIDE].find((place) => location.hash === `#${place}`) ?? "now";

class View {
  place = $state<Place>(named());
  result = $state.raw<ResultView | null>(null);
  after = $state.raw<AfterView | null>(null);
  why = $state.raw<WhyView | null>(null);
  /** The practice whose steps are in sight, and the invitation it is taken up on. */
  chosen = $state.raw<{ kind: string; invitation: string | null } | null>(null);
  quiet = $state(false);
  table = $state(false);
  /** The proxy's panel is unfolded: it stays so where the page is laid out anew. */
  proxy = $state(false);
  /** The moment under the chart's cursor, in seconds since 1970. */
  cursor = $state<number | null>(null);

  open(id: string): void {
    this.close();
    this.result = { key: null, id, early: false, asleep: null };
  }

  /** Go where the address says. */
  follow(): void {
    this.place = named();
    this.close();
    scrollTo(0, 0);
  }

  close(): void {
    this.result = null;
    this.after = null;
    this.why = null;
  }
}
export const view = new View();
