/** What this device was told: what is heard, felt and seen; whether the three sentences were read. */
import { recall, remember } from "../lib/store";

/** Each can be off by itself: the bell, the sound of in and out, vibration; and the lit screen. */
export type Sense = "sound" | "breath" | "vibration" | "closed";

class Device {
  readonly canVibrate = typeof navigator.vibrate === "function";
  /** Where the browser cannot vibrate, the switch is not shown. */
  readonly senses: Sense[] = ["sound", "breath", "vibration", "closed"].filter(
    (sense): sense is Sense => sense !== "vibration" || this.canVibrate,
  );
  #on = $state<Record<Sense, boolean>>({
    sound: recall("sound", true),
    breath: recall("breath", recall("sound", true)),
    vibration: recall("vibration", true),
    closed: recall("closed", false),
  });
  #first = $state(recall("first", true));

  has(sense: Sense): boolean {
    return this.#on[sense] && (sense !== "vibration" || this.canVibrate);
  }
  put(sense: Sense, on: boolean): void {
    this.#on[sense] = on;
    remember(sense, on);
  }
  get sound(): boolean {
    return this.has("sound");
  }
  get vibration(): boolean {
    return this.has("vibration");
  }
  get first(): boolean {
    return this.#first;
  }
  welcome(sound: boolean): void {
    this.put("sound", sound);
    this.put("breath", sound);
    this.put("vibration", true);
    this.#first = false;
    remember("first", false);
  }
}
export const device = new Device();
