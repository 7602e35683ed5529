/** What the person reads: the catalogue, its keys typed, its numbers and times by locale. */
import page from "../../../api/softfront_api/words/en/page.json";
import practices from "../../../api/softfront_api/words/en/practices.json";
import { clockTime } from "./time";
import type { Text, Value } from "./types";

const en = { ...page, ...practices };
export type Key = keyof typeof en;
/** A further language is a `Catalogue`: one key missing, and the check fails. */
export type Catalogue = Readonly<Record<Key, string>>;

export const locale = "en";
const catalogue: Catalogue = en;
const whole = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d.*Z$/;

/** A whole number as this locale writes it, with a real minus. */
export const number = (value: number): string => whole.format(value).replace("-", "−");

function shown(value: Value | undefined): string {
  if (value === null || value === undefined) return catalogue["value.missing"];
  if (typeof value === "number") return number(value);
  return MOMENT.test(value) ? clockTime(value) : value;
}

function fill(text: string, values: Record<string, Value>): string {
  return text.replace(/\{(\w+)\}/g, (_, name: string) => shown(values[name]));
}

/** The text of a key the page knows. */
export function say(key: Key, values: Record<string, Value> = {}): string {
  return fill(catalogue[key], values);
}

/** The text the server chose; nothing where this page does not know its key. */
export function sayText(text: Text | null | undefined): string {
  if (!text || !(text.id in catalogue)) return "";
  return say(text.id as Key, text.values);
}
