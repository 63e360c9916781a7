/** Tokens that come back one by one. */
export class TokenBucket {
  readonly #size: number;
  readonly #refillMs: number;
  #tokens: number;
  #at: number;

  constructor(size: number, refillMs: number, now: number) {
    this.#size = size;
    this.#refillMs = refillMs;
    this.#tokens = size;
    this.#at = now;
  }

  take(now: number): boolean {
    this.#refill(now);
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }

  isFull(now: number): boolean {
    this.#refill(now);
    return this.#tokens >= this.#size;
  }

  #refill(now: number): void {
    // The wall clock may go back.
    const passed = Math.max(0, now - this.#at);
    this.#tokens = Math.min(this.#size, this.#tokens + passed / this.#refillMs);
    this.#at = now;
  }
}

const ALL = { size: 100, refillMs: 1_000 };
const EACH_NAMESPACE = { size: 25, refillMs: 10_000 };
const MOST_NAMESPACES = 500;

/** How many new Events may come: a noisy namespace leaves room for the others. */
export class EventLimits {
  readonly #all: TokenBucket;
  readonly #namespaces = new Map<string, TokenBucket>();

  constructor(now: number) {
    this.#all = new TokenBucket(ALL.size, ALL.refillMs, now);
  }

  take(namespace: string, now: number): boolean {
    const own = this.#namespace(namespace, now);
    return own?.take(now) === true && this.#all.take(now);
  }

  #namespace(namespace: string, now: number): TokenBucket | undefined {
    const known = this.#namespaces.get(namespace);
    if (known !== undefined) return known;
    if (this.#namespaces.size >= MOST_NAMESPACES) this.#forgetRested(now);
    if (this.#namespaces.size >= MOST_NAMESPACES) return undefined;
    const bucket = new TokenBucket(EACH_NAMESPACE.size, EACH_NAMESPACE.refillMs, now);
    this.#namespaces.set(namespace, bucket);
    return bucket;
  }

  #forgetRested(now: number): void {
    for (const [namespace, bucket] of this.#namespaces) {
      if (bucket.isFull(now)) this.#namespaces.delete(namespace);
    }
  }
}
