/** A decision as a ledger: what was asked, what the answer was, whether it held. */
import { placeOf } from "./series";
import type { Band, Decision, Gate, Metric, Prompt } from "./types";
import { number, say, type Key } from "./words";

export interface Entry {
  id: string;
  name: string;
  said: string;
  holds: boolean;
}
const UNIT: Record<string, Key> = {
  "%": "why.row.pct",
  min: "why.row.min",
  s: "why.row.s",
  bpm: "why.row.bpm",
  "steps/min": "why.row.steps",
  mg: "why.row.mg",
};
const NAMES = new Set([
  "contact",
  "signal",
  "irregular",
  "warmup",
  "learning",
  "motion",
  "armed",
  "exertion",
  "effort",
  "refractory",
  "budget",
  "budget_spread",
  "with_patient",
  "calendar",
  "quiet",
  "snoozed",
  "paused",
  "late",
  "in_pause",
]);
/** These hold while the value stays at or below what is needed. */
const AT_MOST = new Set(["contact", "exertion", "budget", "late"]);

const LONG_MIN = 300;

function measured(n: number, unit: string | null): string {
  if (unit === "min" && n >= LONG_MIN) return say("why.row.h", { n: Math.floor(n / 60) });
  const key = unit === null ? undefined : UNIT[unit];
  return key ? say(key, { n: Math.floor(n) }) : number(Math.floor(n));
}

function answer(gate: Gate): string {
  if (gate.value === null) return say(gate.open ? "why.row.yes" : "why.row.no");
  const value = measured(gate.value, gate.unit);
  if (gate.needed === null) return value;
  const needed = measured(gate.needed, gate.unit);
  const atMost = AT_MOST.has(gate.id) || gate.unit === "steps/min" || gate.unit === "mg";
  return say(atMost ? "why.row.up_to" : "why.row.needs", { value, needed });
}

function metricEntry(id: "hr" | "rmssd", metric: Metric): Entry {
  const unit = say(`metric.${id}.unit`);
  const value = metric.value === null ? say("value.missing") : number(metric.value);
  const { band } = metric;
  const said =
    metric.value !== null && band
      ? say("why.row.value", { value, unit, low: band.low, high: band.high })
      : metric.value !== null
        ? say("why.row.value_only", { value, unit })
        : value;
  return { id, name: say(`why.row.${id}`), said, holds: metric.place === (id === "hr" ? "above" : "below") };
}

/** Every row of a decision: the two readings, how long it held, each gate. */
export function ledger(decision: Decision): Entry[] {
  const { held_s: s, needed_s: hold_s } = decision;
  const held = say("why.row.held_value", { s: Math.min(s, hold_s), hold_s });
  return [
    metricEntry("hr", decision.heart_rate),
    metricEntry("rmssd", decision.rmssd),
    { id: "held", name: say("why.row.held"), said: held, holds: s >= hold_s },
    ...decision.gates
      .filter((gate) => NAMES.has(gate.id))
      .map((gate) => ({
        id: gate.id,
        name: say(`why.gate.${gate.id}` as Key),
        said: answer(gate),
        holds: gate.open,
      })),
  ];
}

function metricOf(value: number | null, unit: string, band: Band | null): Metric {
  return { value, unit, band, place: value === null ? null : placeOf(value, band), outside_s: 0 };
}

/** What an offer itself carries of its decision, for when the server cannot be asked. */
export function fromPrompt(prompt: Prompt): Decision {
  const { reason } = prompt;
  return {
    id: reason.decision,
    at: prompt.at,
    state: "candidate",
    verdict: "prompted",
    prompt: prompt.id,
    reason: { id: reason.id, values: reason.values },
    lines: [{ id: "why.guess" }],
    heart_rate: metricOf(reason.value.hr_bpm, "bpm", reason.band.hr_bpm),
    rmssd: metricOf(reason.value.rmssd_ms, "ms", reason.band.rmssd_ms),
    held_s: reason.hold_s,
    needed_s: reason.hold_s,
    gates: reason.gates,
    beats: { used: 0, of: 0, coverage: 0 },
    rule: reason.rule,
    rule_version: reason.rule_version,
    demo: false,
  };
}
