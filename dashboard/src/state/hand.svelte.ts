/** Keeping the page at hand for when the server is gone, and letting a newer one in. */
import { house } from "./house.svelte";
import { sitting } from "./sitting.svelte";

const worker = navigator.serviceWorker as ServiceWorkerContainer | undefined;

class Hand {
  #newer = false;

  /** Begin once the moment is shown: nothing is to be later on its account. Browsers offer it
   * only where nobody can listen in, this machine or HTTPS. */
  begin(): void {
    if (!worker) return;
    let one = worker.controller !== null;
    worker.addEventListener("controllerchange", () => {
      this.#newer = one;
      one = true;
    });
    document.addEventListener("visibilitychange", () => this.#renew());
    void worker.register("/worker.js").catch(() => undefined);
  }

  /** Ask whether the server brings another page: it may have been started anew. */
  look(): void {
    void worker?.getRegistration().then((known) => known?.update()).catch(() => undefined);
  }

  /** Take up the newer page while nobody looks, and nothing is under way. */
  #renew(): void {
    const writing = document.activeElement?.matches("input, textarea, select");
    if (!this.#newer || !document.hidden || writing || sitting.kept || house.goneSince !== null) return;
    location.reload();
  }
}
export const hand = new Hand();
