/** What stands in a panel: band, hatches, pauses, the line, and its depth outside the band. */
import { hatchPattern } from "./hatch";
import type { Inks } from "./inks";
import { outside } from "./outside";
import type { BandStep, Measure, Series, Span } from "./series";
import { seconds } from "./time";
import type { Band } from "./types";

export interface Scene {
  measure: Measure;
  data: Series;
  spans: Span[];
  x: number[];
  y: (number | null)[];
  inks: Inks;
}
/** A pen in CSS pixels, with the panel's two scales. */
export interface Brush {
  pen: CanvasRenderingContext2D;
  X: (t: number) => number;
  Y: (value: number) => number;
  width: number;
  height: number;
}
const PAUSE_S = 90;
/** An hour's median is drawn where twenty still windows of a minute stand behind it. */
const ENOUGH_MIN = 20;

function level({ pen, X, Y }: Brush, from: number, to: number, value: number): void {
  pen.beginPath();
  pen.moveTo(X(from), Y(value));
  pen.lineTo(X(to), Y(value));
  pen.stroke();
}

function bandStep(brush: Brush, inks: Inks, from: number, to: number, band: Band): void {
  const { pen, X, Y } = brush;
  pen.fillStyle = inks.band;
  pen.fillRect(X(from), Y(band.high), X(to) - X(from), Y(band.low) - Y(band.high));
  pen.strokeStyle = inks.edge;
  pen.lineWidth = 1;
  level(brush, from, to, band.high);
  level(brush, from, to, band.low);
  if (band.minutes < ENOUGH_MIN) return;
  pen.setLineDash([2, 5]);
  pen.lineCap = "round";
  level(brush, from, to, band.median);
  pen.setLineDash([]);
  pen.lineCap = "butt";
}

function noBand({ pen, X, height }: Brush, inks: Inks, from: number, to: number): void {
  pen.globalAlpha = 0.4;
  pen.fillStyle = hatchPattern("learning", inks.ink3) ?? inks.rule;
  pen.fillRect(X(from), height * 0.25, X(to) - X(from), height * 0.5);
  pen.globalAlpha = 1;
}

function bands(brush: Brush, { data, measure, inks }: Scene, span: BandStep): void {
  const from = Math.max(span.from, (data.t[0] ?? span.from) - data.step);
  const to = Math.min(span.to, data.t.at(-1) ?? span.to);
  if (to <= from) return;
  const band = span[measure];
  if (band) bandStep(brush, inks, from, to, band);
  else noBand(brush, inks, from, to);
}

function hatched({ pen, X, height }: Brush, inks: Inks, span: Span): void {
  const from = X(span.from);
  const width = Math.max(2, X(span.to) - from);
  pen.fillStyle = inks.paper;
  pen.fillRect(from, 0, width, height);
  if (span.hatch === "no_link") {
    pen.strokeStyle = inks.ink3;
    pen.lineWidth = 1;
    pen.setLineDash([1, 4]);
    pen.strokeRect(from, 0.5, width, height - 1);
    pen.setLineDash([]);
    return;
  }
  pen.globalAlpha = 0.42;
  pen.fillStyle = hatchPattern(span.hatch, inks.ink3) ?? inks.rule;
  pen.fillRect(from, 0, width, height);
  pen.globalAlpha = 1;
}

function pauseShade({ pen, X, height }: Brush, inks: Inks, from: number, lasted: number): void {
  const x = X(from);
  pen.fillStyle = inks.lamp;
  pen.globalAlpha = 0.22;
  pen.fillRect(x, 0, Math.max(3, X(from + lasted) - x), height);
  pen.globalAlpha = 1;
  pen.fillRect(x - 1, 0, 2, height);
}

function line({ pen, X, Y }: Brush, { x, y, inks }: Scene): void {
  pen.strokeStyle = inks.ink;
  pen.lineWidth = 1.6;
  pen.beginPath();
  let drawing = false;
  x.forEach((t, i) => {
    const value = y[i] ?? null;
    if (value !== null && drawing) pen.lineTo(X(t), Y(value));
    else if (value !== null) pen.moveTo(X(t), Y(value));
    drawing = value !== null;
  });
  pen.stroke();
}

function depth({ pen, X, Y }: Brush, { data, measure, x, y, inks }: Scene): void {
  pen.lineWidth = 2.8;
  pen.fillStyle = inks.dep;
  for (const run of outside(data, measure, x, y)) {
    const path = new Path2D();
    for (const { t, value } of run) path.lineTo(X(t), Y(value));
    pen.stroke(path);
    for (const { t, edge } of run.toReversed()) path.lineTo(X(t), Y(edge));
    pen.fill(path);
  }
}

/** Everything inside the panel's frame, from the ground up. */
export function paint(brush: Brush, scene: Scene): void {
  brush.pen.lineJoin = "round";
  for (const span of scene.data.bands) bands(brush, scene, span);
  for (const span of scene.spans) hatched(brush, scene.inks, span);
  line(brush, scene);
  depth(brush, scene);
  for (const { started_at, lasted_s } of scene.data.pauses) {
    pauseShade(brush, scene.inks, seconds(started_at), lasted_s ?? PAUSE_S);
  }
}
