/** The hatches as canvas patterns: no colour of their own, told apart by their lines. */
import type { Hatch } from "./series";

const CELL = 7;
/** Tiles are drawn larger than shown, so that they stay sharp on any screen. */
const FINE = 4;
type Draw = (pen: CanvasRenderingContext2D) => void;

const line: Draw = (pen) => pen.fillRect(0, 0, 1.3, CELL);
const cross: Draw = (pen) => {
  line(pen);
  pen.fillRect(0, 0, CELL, 1.3);
};
const dot: Draw = (pen) => {
  pen.beginPath();
  pen.arc(2, 2, 1.05, 0, 7);
  pen.fill();
};
const level: Draw = (pen) => pen.fillRect(0, 3, CELL, 1.2);

const KINDS: Record<Exclude<Hatch, "no_link"> | "learning", { draw: Draw; turn: number }> = {
  moving: { draw: line, turn: 45 },
  strap_off: { draw: dot, turn: 0 },
  poor_signal: { draw: cross, turn: 45 },
  irregular: { draw: cross, turn: 45 },
  learning: { draw: level, turn: 0 },
};

/** A pattern in `colour`, in CSS pixels. */
export function hatchPattern(kind: keyof typeof KINDS, colour: string): CanvasPattern | null {
  const tile = document.createElement("canvas");
  tile.width = tile.height = CELL * FINE;
  const pen = tile.getContext("2d")!;
  pen.scale(FINE, FINE);
  pen.fillStyle = colour;
  KINDS[kind].draw(pen);
  const pattern = pen.createPattern(tile, "repeat");
  pattern?.setTransform(new DOMMatrix().rotate(KINDS[kind].turn).scale(1 / FINE));
  return pattern;
}
