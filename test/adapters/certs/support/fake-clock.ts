import type { Clock } from "../../../../src/usecases/ports/clock.ts";

interface Sleeper {
  readonly until: number;
  readonly wake: () => void;
}

/** Time that passes only when told to. */
export class FakeClock implements Clock {
  #now: number;
  readonly #sleepers = new Set<Sleeper>();
  readonly #observers = new Set<() => void>();

  constructor(now = Date.parse("2026-03-01T12:00:00Z")) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const sleeper = {
        until: this.#now + ms,
        wake: () => {
          this.#sleepers.delete(sleeper);
          resolve();
        },
      };
      this.#sleepers.add(sleeper);
      signal?.addEventListener("abort", sleeper.wake, { once: true });
      for (const observer of this.#observers) observer();
    });
  }

  /** Lets time pass and everything that was due happen. */
  async advance(ms: number): Promise<void> {
    await settle();
    const end = this.#now + ms;
    for (;;) {
      const next = [...this.#sleepers].sort((a, b) => a.until - b.until)[0];
      if (next === undefined || next.until > end) break;
      this.#now = Math.max(this.#now, next.until);
      next.wake();
      await settle();
    }
    this.#now = end;
    await settle();
  }

  /** As `advance`, for one loop whose steps do real input and output. */
  async run(ms: number): Promise<void> {
    const end = this.#now + ms;
    for (;;) {
      const next = [...this.#sleepers].sort((a, b) => a.until - b.until)[0];
      if (next === undefined || next.until > end) break;
      this.#now = Math.max(this.#now, next.until);
      const asleep = this.asleep();
      next.wake();
      await asleep;
    }
    this.#now = end;
  }

  /** Resolves when somebody goes to sleep from now on. */
  asleep(): Promise<void> {
    return new Promise((resolve) => {
      const observer = (): void => {
        this.#observers.delete(observer);
        resolve();
      };
      this.#observers.add(observer);
    });
  }

  /** Sets the wall clock as an administrator or NTP does; nobody is woken. */
  step(ms: number): void {
    this.#now += ms;
  }

  /** Ends every sleep, as after a step whose direction sleepers do not care about. */
  wakeAll(): void {
    for (const sleeper of this.#sleepers) sleeper.wake();
  }
}

/** Lets promises, dynamic imports and small file operations that are under way complete. */
export async function settle(turns = 5): Promise<void> {
  for (let turn = 0; turn < turns; turn += 1) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}
