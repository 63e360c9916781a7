import type { Clock } from "../../usecases/ports/clock.ts";

/** Repeats a step, pausing as long as the step says or until woken. */
export class WakeableLoop {
  readonly #clock: Clock;
  readonly #step: () => Promise<number>;
  #woken = new AbortController();

  /** @param step resolves with the milliseconds to pause; never rejects */
  constructor(clock: Clock, step: () => Promise<number>) {
    this.#clock = clock;
    this.#step = step;
  }

  /** Ends the present pause, or the one after the step that is running. */
  wake(): void {
    this.#woken.abort();
  }

  /** Resolves after the first step; the others go on in the background until the signal aborts. */
  async start(signal: AbortSignal): Promise<void> {
    const pause = await this.#next();
    void this.#continue(pause, signal);
  }

  async #continue(firstPause: number, signal: AbortSignal): Promise<void> {
    let pause = firstPause;
    while (!signal.aborted) {
      await this.#clock.sleep(pause, AbortSignal.any([signal, this.#woken.signal]));
      if (!signal.aborted) pause = await this.#next();
    }
  }

  #next(): Promise<number> {
    this.#woken = new AbortController();
    return this.#step();
  }
}
