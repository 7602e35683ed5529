/** What the person reads: texts by their keys, numbers and times as the language writes them. */
import { clockTime } from "./time";
import { tongue, type Key } from "./tongue.svelte";
import type { Text, Value } from "./types";

export type { Key };

const wholes = new Map<string, Intl.NumberFormat>();
const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d.*Z$/;
const DECIMAL = /^[-−]?\d+\.\d+$/;

function whole(): Intl.NumberFormat {
  const { locale } = tongue;
  const known = wholes.get(locale);
  if (known) return known;
  const made = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
  wholes.set(locale, made);
  return made;
}

/** A whole number as this locale writes it, with a real minus. */
export const number = (value: number): string => whole().format(value).replace("-", "−");

/** A decimal, told with a point, as this locale writes it. */
function decimal(told: string): string {
  const sign = new Intl.NumberFormat(tongue.locale).format(1.5).charAt(1);
  return told.replace(".", sign).replace("-", "−");
}

function shown(value: Value | undefined, name: string): string {
  if (value === null || value === undefined) return tongue.texts["value.missing"];
  if (typeof value === "number") return number(value);
  // "2.0" of a version is no number.
  if (DECIMAL.test(value) && name !== "version") return decimal(value);
  return MOMENT.test(value) ? clockTime(value) : value;
}

function fill(text: string, values: Record<string, Value>): string {
  return text.replace(/\{(\w+)\}/g, (_, name: string) => shown(values[name], name));
}

/** The text of a key the page knows. */
export function say(key: Key, values: Record<string, Value> = {}): string {
  return fill(tongue.texts[key], values);
}

/** The text the server chose; nothing where this page does not know its key. */
export function sayText(text: Text | null | undefined): string {
  if (!text || !(text.id in tongue.texts)) return "";
  return say(text.id as Key, text.values);
}
