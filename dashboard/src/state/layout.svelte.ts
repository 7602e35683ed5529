/** Wide, narrow or tight: measured in the reader's own letters, so that large text counts too. */
import { MediaQuery } from "svelte/reactivity";

class Layout {
  width = $state(innerWidth);
  height = $state(innerHeight);
  rem = $state(16);
  /** A rail at the left and room for two columns. */
  wide = $derived(this.width / this.rem >= 60);
  /** Readings stand above their charts. */
  tight = $derived(this.width / this.rem < 22.5);
  /** Room for the drawer beside the page. */
  drawer = $derived(this.width / this.rem >= 68);
  #still = new MediaQuery("(prefers-reduced-motion: reduce)");

  get still(): boolean {
    return this.#still.current;
  }
}
export const layout = new Layout();
