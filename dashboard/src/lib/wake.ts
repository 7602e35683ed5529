/** Keeps the screen lit while a pause runs, where the browser allows it. */
export class StayAwake {
  #lock: WakeLockSentinel | null = null;
  #wanted = false;

  constructor() {
    document.addEventListener("visibilitychange", () => {
      if (this.#wanted && document.visibilityState === "visible") this.hold();
    });
  }

  hold(): void {
    this.#wanted = true;
    if (!("wakeLock" in navigator)) return;
    navigator.wakeLock.request("screen").then(
      (lock) => {
        this.#lock = lock;
        if (!this.#wanted) this.release();
      },
      () => undefined,
    );
  }

  release(): void {
    this.#wanted = false;
    void this.#lock?.release().catch(() => undefined);
    this.#lock = null;
  }
}
