import type { Clock } from "../../../src/usecases/ports/clock.ts";

interface Sleeper {
  until: number;
  readonly wake: () => void;
}

/** A clock that moves only by hand. */
export class FakeClock implements Clock {
  #now = Date.UTC(2026, 7, 1);
  readonly #sleepers = new Set<Sleeper>();

  now(): number {
    return this.#now;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    if (ms <= 0 || signal?.aborted) return Promise.resolve();
    const sleeper = { until: this.#now + ms, wake: resolve };
    this.#sleepers.add(sleeper);
    signal?.addEventListener("abort", () => {
      this.#sleepers.delete(sleeper);
      resolve();
    });
    return promise;
  }

  /** Milliseconds that the sleepers have left, shortest first. */
  pending(): number[] {
    return [...this.#sleepers].map(({ until }) => until - this.#now).sort((a, b) => a - b);
  }

  advance(ms: number): void {
    this.#now += ms;
    for (const sleeper of this.#sleepers) {
      if (sleeper.until > this.#now) continue;
      this.#sleepers.delete(sleeper);
      sleeper.wake();
    }
  }

  /** Sets the wall clock as an administrator or NTP does; timers do not notice. */
  step(ms: number): void {
    this.#now += ms;
    for (const sleeper of this.#sleepers) sleeper.until += ms;
  }
}
