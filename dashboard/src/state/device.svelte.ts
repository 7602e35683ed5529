/** What this device was told: sound, vibration, whether the three sentences were read. */
import { recall, remember } from "../lib/store";

class Device {
  readonly canVibrate = typeof navigator.vibrate === "function";
  #sound = $state(recall("sound", true));
  #vibration = $state(recall("vibration", true));
  #first = $state(recall("first", true));

  get sound(): boolean {
    return this.#sound;
  }
  set sound(on: boolean) {
    this.#sound = on;
    remember("sound", on);
  }
  get vibration(): boolean {
    return this.canVibrate && this.#vibration;
  }
  set vibration(on: boolean) {
    this.#vibration = on;
    remember("vibration", on);
  }
  get first(): boolean {
    return this.#first;
  }
  welcome(sound: boolean): void {
    this.sound = sound;
    this.vibration = true;
    this.#first = false;
    remember("first", false);
  }
}
export const device = new Device();
