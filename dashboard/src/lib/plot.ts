/** One panel on a canvas: its two scales, its ticks at the left, the rest from `paint`. */
import { paint, type Brush, type Scene } from "./paint";
import { share, type Scale } from "./scale";

export interface Frame {
  /** The canvas in CSS pixels; `axis` of its width stands left of the data. */
  width: number;
  height: number;
  axis: number;
  from: number;
  to: number;
  scale: Scale;
  font: string;
}
/** Room above and below for the outermost tick's label. */
export const MARGIN = 8;
const TICK = 4;

function brushOf(pen: CanvasRenderingContext2D, frame: Frame): Brush {
  const { width, height, axis, from, to, scale } = frame;
  const inner = width - axis;
  return {
    pen,
    width: inner,
    height,
    X: (t) => (inner * (t - from)) / (to - from),
    Y: (value) => height * (1 - share(scale, value)),
  };
}

function ticks({ pen, Y }: Brush, frame: Frame, { inks }: Scene): void {
  pen.font = frame.font;
  pen.textAlign = "right";
  pen.textBaseline = "middle";
  for (const tick of frame.scale.ticks) {
    pen.fillStyle = inks.ink2;
    pen.fillText(String(tick), -2 * TICK, Y(tick) + 1);
    pen.fillStyle = inks.ink3;
    pen.fillRect(-TICK, Math.round(Y(tick)) - 0.5, TICK, 1);
  }
}

/** Draw a scene into its frame, sharp on whatever screen this is. */
export function plot(canvas: HTMLCanvasElement, frame: Frame, scene: Scene): void {
  const ratio = devicePixelRatio || 1;
  canvas.width = Math.round(frame.width * ratio);
  canvas.height = Math.round((frame.height + 2 * MARGIN) * ratio);
  const pen = canvas.getContext("2d");
  if (!pen) return;
  pen.setTransform(ratio, 0, 0, ratio, frame.axis * ratio, MARGIN * ratio);
  const brush = brushOf(pen, frame);
  ticks(brush, frame, scene);
  pen.beginPath();
  pen.rect(0, 0, brush.width, frame.height);
  pen.clip();
  paint(brush, scene);
}
