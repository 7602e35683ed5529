/** Real time, seen once a second; whoever needs a difference asks for it, nobody counts. */
class Clock {
  /** Monotonic milliseconds, as of the last second. */
  ms = $state(performance.now());

  constructor() {
    const look = (): void => {
      this.ms = performance.now();
    };
    setInterval(look, 1000);
    document.addEventListener("visibilitychange", look);
  }
}
export const clock = new Clock();
