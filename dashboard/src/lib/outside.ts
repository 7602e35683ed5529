/** The stretches of a line that lie outside the band, each cut exactly at its edge. */
import { bandAt, placeOf, type Measure, type Series } from "./series";

export interface Point {
  t: number;
  value: number;
  edge: number;
}
interface Mark {
  t: number;
  value: number;
  /** The edge it lies beyond; null inside the band or where there is none. */
  beyond: number | null;
}

function markAt(data: Series, measure: Measure, t: number, value: number | null): Mark | null {
  if (value === null) return null;
  const band = bandAt(data, measure, t);
  const place = placeOf(value, band);
  if (!band || place === null || place === "inside") return { t, value, beyond: null };
  return { t, value, beyond: place === "above" ? band.high : band.low };
}

/** Where the straight line between two marks meets an edge, if it does. */
function crossing(a: Mark, z: Mark, edge: number): Point[] {
  const share = (edge - a.value) / (z.value - a.value);
  if (!(share >= 0 && share <= 1)) return [];
  return [{ t: a.t + share * (z.t - a.t), value: edge, edge }];
}

const sameSide = (a: Mark, z: Mark): boolean =>
  a.beyond !== null && z.beyond !== null && a.value > a.beyond === z.value > z.beyond;

/** All such stretches; a hole in the line ends one. */
export function outside(
  data: Series,
  measure: Measure,
  x: number[],
  y: (number | null)[],
): Point[][] {
  const runs: Point[][] = [];
  let last: Mark | null = null;
  x.forEach((t, i) => {
    const mark = markAt(data, measure, t, y[i] ?? null);
    const run = runs.at(-1);
    if (last && last.beyond !== null && mark && !sameSide(last, mark)) {
      run?.push(...crossing(last, mark, last.beyond));
    }
    if (mark && mark.beyond !== null) {
      const point = { t, value: mark.value, edge: mark.beyond };
      if (last && sameSide(last, mark)) run?.push(point);
      else runs.push([...(last ? crossing(last, mark, mark.beyond) : []), point]);
    }
    last = mark;
  });
  return runs.filter((run) => run.length > 1);
}
