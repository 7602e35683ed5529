/** Sizes and dates as this locale writes them. */
import { tongue } from "./tongue.svelte";

const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte"] as const;

/** 3.4 MB */
export function bytes(n: number): string {
  const power = Math.min(UNITS.length - 1, Math.floor(Math.log10(Math.max(1, n)) / 3));
  return new Intl.NumberFormat(tongue.locale, {
    style: "unit",
    unit: UNITS[power]!,
    maximumFractionDigits: power > 1 ? 1 : 0,
  }).format(n / 1000 ** power);
}

/** 24 Nov 2026 */
export const dayMonthYear = (at: string): string =>
  new Intl.DateTimeFormat(tongue.locale, { dateStyle: "medium" }).format(new Date(at));
