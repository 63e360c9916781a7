import type { Clock } from "../../../../src/usecases/ports/clock.ts";

interface Timer {
  readonly due: number;
  readonly owner: SimClock | undefined;
  readonly fire: () => void;
}

/** The API server's time, and every timer of everybody in one list. */
export class Timeline {
  now = Date.parse("2026-03-01T12:00:00Z");
  readonly #timers = new Set<Timer>();

  /** @param owner whoever must be running for it */
  at(due: number, fire: () => void, owner?: SimClock): () => void {
    const timer: Timer = { due, fire, owner };
    this.#timers.add(timer);
    return () => void this.#timers.delete(timer);
  }

  /** The earliest timer that may fire until `end`, taken out. */
  take(end: number): Timer | undefined {
    let first: Timer | undefined;
    for (const timer of this.#timers) {
      if (timer.due > end || timer.owner?.suspended === true) continue;
      if (first === undefined || timer.due < first.due) first = timer;
    }
    if (first !== undefined) this.#timers.delete(first);
    return first;
  }

  forget(owner: SimClock): void {
    for (const timer of this.#timers) if (timer.owner === owner) this.#timers.delete(timer);
  }
}

/** The clock of one replica: off by as much as it is told, and still while it is suspended. */
export class SimClock implements Clock {
  readonly #timeline: Timeline;
  offset = 0;
  suspended = false;

  constructor(timeline: Timeline) {
    this.#timeline = timeline;
  }

  now(): number {
    return this.#timeline.now + this.offset;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return Promise.resolve();
    const { promise, resolve } = Promise.withResolvers<void>();
    const cancel = this.#timeline.at(this.#timeline.now + ms, resolve, this);
    const wake = () => {
      cancel();
      resolve();
    };
    signal?.addEventListener("abort", wake, { once: true });
    return promise;
  }
}
