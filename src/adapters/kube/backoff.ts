const FIRST_MS = 800;
const MAX_MS = 30_000;

/** Exponential backoff with full jitter: 0 to 0.8 s first, 0 to 30 s in the end. */
export class Backoff {
  readonly #random: () => number;
  readonly #free: number;
  #failures = 0;

  /** @param free how many failures do not lengthen the wait */
  constructor(random: () => number, free = 0) {
    this.#random = random;
    this.#free = free;
  }

  /** Milliseconds to wait after one more failure. */
  next(): number {
    const wait = this.wait();
    this.count();
    return wait;
  }

  /** Milliseconds to wait after the failures so far. */
  wait(): number {
    const doublings = Math.min(Math.max(0, this.#failures - this.#free), 10);
    return Math.round(this.#random() * Math.min(MAX_MS, FIRST_MS * 2 ** doublings));
  }

  count(): void {
    this.#failures += 1;
  }

  reset(): void {
    this.#failures = 0;
  }
}
