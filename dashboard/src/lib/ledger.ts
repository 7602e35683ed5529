/** A decision as a ledger: what was asked, what the answer was, whether it held. */
import { placeOf } from "./series";
import type { Band, Decision, Gate, Metric, Prompt } from "./types";
import { number, say, type Key } from "./words";

export interface Entry {
  id: string;
  name: string;
  said: string;
  holds: boolean;
  /** What the tick or the dash before it means, for those who hear it. */
  heard: string;
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
/** These say in their own way how far they are; the others say what is needed. */
const OWN = new Set(["contact", "budget", "late"]);
const AT_MOST = new Set(["bpm", "steps/min", "mg"]);
/** Closed for a while: their number is how long still, and nothing once they are open. */
const ENDING = new Set(["snoozed", "with_patient", "calendar"]);

const LONG_MIN = 300;

function measured(n: number, unit: string | null): string {
  if (unit === "min" && n >= LONG_MIN) return say("why.row.h", { n: Math.floor(n / 60) });
  const key = unit === null ? undefined : UNIT[unit];
  return key ? say(key, { n: Math.floor(n) }) : number(Math.floor(n));
}

/** How it stood, as an answer to what the row names. */
function answer(gate: Gate): string {
  const { id, open, value, unit } = gate;
  const said = say(`why.gate.${id}.${open ? "open" : "closed"}` as Key);
  if (ENDING.has(id)) {
    return open || value === null ? said : say("why.row.another", { said, n: Math.ceil(value) });
  }
  if (value === null || gate.needed === null) return value === null ? said : measured(value, unit);
  const needed = measured(gate.needed, unit);
  const values = { value: measured(value, unit), needed };
  if (OWN.has(id)) return say(`why.gate.${id}.value` as Key, values);
  return say(AT_MOST.has(unit ?? "") ? "why.row.at_most" : "why.row.needs", values);
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
  const holds = metric.place === (id === "hr" ? "above" : "below");
  const heard = metric.place === "inside" ? say("now.in_range") : metric.place ? say(`now.${metric.place}`) : "";
  return { id, name: say(`why.row.${id}`), said, holds, heard };
}

const weighed = (holds: boolean): Pick<Entry, "holds" | "heard"> => ({
  holds,
  heard: say(holds ? "why.row.allows" : "why.row.holds_back"),
});

/** Every row of a decision: the two readings, how long it held, each gate. */
export function ledger(decision: Decision): Entry[] {
  const { held_s: s, needed_s: hold_s } = decision;
  const held = say("why.row.held_value", { s: Math.min(s, hold_s), hold_s });
  return [
    metricEntry("hr", decision.heart_rate),
    metricEntry("rmssd", decision.rmssd),
    { id: "held", name: say("why.row.held"), said: held, ...weighed(s >= hold_s) },
    ...decision.gates
      .filter((gate) => NAMES.has(gate.id))
      .map((gate) => ({
        id: gate.id,
        name: say(`why.gate.${gate.id}` as Key),
        said: answer(gate),
        ...weighed(gate.open),
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
