interface Seen {
  readonly first: number;
  readonly last: number;
}

/** Which replicas answered the API server, and for how long side by side. Times in milliseconds. */
export class ReplicaRoll {
  readonly #seen = new Map<string, Seen>();

  /** A replica not heard of for longer than `windowMs` begins anew. */
  heard(replicas: Iterable<string>, now: number, windowMs: number): void {
    this.#drop(now, windowMs);
    for (const replica of replicas) {
      this.#seen.set(replica, { first: this.#seen.get(replica)?.first ?? now, last: now });
    }
  }

  #drop(now: number, windowMs: number): void {
    for (const [replica, { last }] of this.#seen) {
      if (now - last > windowMs) this.#seen.delete(replica);
    }
  }

  /** How many answered within the window. */
  count(now: number, windowMs: number): number {
    this.#drop(now, windowMs);
    return this.#seen.size;
  }

  /**
   * How long `replicas` of them have been seen side by side; undefined when so many never were. One
   * that ended and its successor do not count as two: their times do not overlap.
   */
  together(replicas: number): number | undefined {
    const all = [...this.#seen.values()];
    const spans = all.flatMap(({ last: end }) => {
      const starts = all.filter(({ last }) => last >= end).map(({ first }) => first);
      const start = starts.sort((a, b) => a - b)[replicas - 1];
      return start === undefined || start > end ? [] : [end - start];
    });
    return spans.length === 0 ? undefined : Math.max(...spans);
  }

  forget(): void {
    this.#seen.clear();
  }
}
