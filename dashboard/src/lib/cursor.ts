/** What the chart's cursor says about one moment. */
import { bandAt, isHatch, markAt, placeOf, type Measure, type Series } from "./series";
import { clockTime } from "./time";
import { number, say, type Key } from "./words";

const STEM: Record<Measure, "chart.cursor.hr" | "chart.cursor.rmssd"> = {
  heart_rate: "chart.cursor.hr",
  rmssd: "chart.cursor.rmssd",
};
export const STATE: Record<string, Key> = {
  moving: "chart.moving",
  strap_off: "chart.strap_off",
  poor_signal: "chart.poor_signal",
  irregular: "chart.irregular",
  no_link: "chart.no_link",
};

function part(data: Series, i: number, measure: Measure): string {
  const value = data[measure][i] ?? null;
  if (value === null) return say(`${STEM[measure]}_none`);
  const place = placeOf(value, bandAt(data, measure, data.t[i]!));
  const key: Key = place ? `${STEM[measure]}_${place}` : STEM[measure];
  return say(key, { value: number(value) });
}

/** "14:08, heart rate 86, above your range; RMSSD 21, below." */
export function cursorWord(data: Series, t: number): string {
  const time = clockTime(t * 1000);
  const i = markAt(data, t);
  const state = data.state[i];
  if (i < 0 || state === undefined) return say("chart.cursor.none", { time });
  if (isHatch(state)) return say("chart.cursor.state", { time, state: say(STATE[state]!) });
  return say("chart.cursor", {
    time,
    hr: part(data, i, "heart_rate"),
    rmssd: part(data, i, "rmssd"),
  });
}
