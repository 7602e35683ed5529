/** The chart's data: marks, runs of states, band steps. Nothing is bridged. */
import { seconds } from "./time";
import type { Band, PauseMark, Place, Windows } from "./types";

export type Hatch = "moving" | "strap_off" | "poor_signal" | "irregular" | "no_link";
export type Measure = "heart_rate" | "rmssd";
export interface BandStep {
  from: number;
  to: number;
  heart_rate: Band | null;
  rmssd: Band | null;
}
export interface Series {
  step: number;
  t: number[];
  heart_rate: (number | null)[];
  rmssd: (number | null)[];
  state: string[];
  bands: BandStep[];
  pauses: PauseMark[];
}
export interface Span {
  from: number;
  to: number;
  hatch: Hatch;
}
const HATCHED = new Set<string>(["moving", "strap_off", "poor_signal", "irregular", "no_link"]);

export const isHatch = (state: string): state is Hatch => HATCHED.has(state);

/** A server's answer as a series; what a state says is not measured is not kept. */
export function series(windows: Windows): Series {
  const from = seconds(windows.from);
  const clear = (values: (number | null)[]): (number | null)[] =>
    values.map((value, i) => (isHatch(windows.state[i] ?? "") ? null : value));
  return {
    step: windows.step_s,
    t: windows.t_s.map((t) => from + t),
    heart_rate: clear(windows.hr_bpm),
    rmssd: clear(windows.rmssd_ms),
    state: windows.state,
    bands: windows.bands.map((span) => ({
      ...span,
      from: seconds(span.from),
      to: seconds(span.to),
    })),
    pauses: windows.pauses,
  };
}

/** `old` continued by `fresh`, which decides wherever both speak. */
export function continued(old: Series, fresh: Series, since: number, keep: number): Series {
  const start = old.t.findIndex((t) => t >= keep);
  const end = old.t.findIndex((t) => t >= since);
  const cut = <T>(a: T[], b: T[]): T[] => [
    ...a.slice(start < 0 ? a.length : start, end < 0 ? a.length : end),
    ...b,
  ];
  const ids = new Set(fresh.pauses.map((pause) => pause.id));
  return {
    step: fresh.step,
    t: cut(old.t, fresh.t),
    heart_rate: cut(old.heart_rate, fresh.heart_rate),
    rmssd: cut(old.rmssd, fresh.rmssd),
    state: cut(old.state, fresh.state),
    bands: joined(old.bands, fresh.bands, since),
    pauses: [...old.pauses.filter((pause) => !ids.has(pause.id)), ...fresh.pauses],
  };
}

function joined(old: BandStep[], fresh: BandStep[], since: number): BandStep[] {
  const before = old
    .filter((span) => span.from < since)
    .map((span) => ({ ...span, to: Math.min(span.to, since) }));
  return [...before, ...fresh];
}

/** Runs of marks that share a state without a number. */
export function spans(data: Series): Span[] {
  const found: Span[] = [];
  data.state.forEach((state, i) => {
    const at = data.t[i]!;
    if (!isHatch(state)) return;
    const last = found.at(-1);
    if (last?.hatch === state && at - last.to <= data.step * 1.5) last.to = at;
    else found.push({ from: at - data.step, to: at, hatch: state });
  });
  return found;
}

/** The values with a hole wherever marks are missing, ready to be drawn. */
export function holed(data: Series, measure: Measure): [number[], (number | null)[]] {
  const x: number[] = [];
  const y: (number | null)[] = [];
  data.t.forEach((t, i) => {
    const last = x.at(-1);
    if (last !== undefined && t - last > data.step * 1.5) {
      x.push(last + data.step);
      y.push(null);
    }
    x.push(t);
    y.push(data[measure][i] ?? null);
  });
  return [x, y];
}

/** The band that holds at a moment. */
export function bandAt(data: Series, measure: Measure, t: number): Band | null {
  return data.bands.find((span) => t >= span.from && t <= span.to)?.[measure] ?? null;
}

export function placeOf(value: number, band: Band | null): Place | null {
  if (!band) return null;
  return value > band.high ? "above" : value < band.low ? "below" : "inside";
}

/** The mark nearest to a moment, or −1 where none lies within one and a half steps. */
export function markAt(data: Series, t: number): number {
  const i = Math.max(
    0,
    data.t.findLastIndex((mark) => mark <= t + data.step / 2),
  );
  const mark = data.t[i];
  return mark !== undefined && Math.abs(mark - t) <= data.step * 1.5 ? i : -1;
}
