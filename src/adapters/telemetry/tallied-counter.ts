import { Counter, type CounterConfiguration } from "prom-client";

/** Increments of one series since the last scrape. */
interface Tally<L extends string> {
  readonly labels: Readonly<Record<L, string>>;
  count: number;
}

/**
 * A counter for the hot path: the client library builds a text of all labels for each increment,
 * this one keeps its own sums under a key and hands them over when somebody reads them.
 */
export class TalliedCounter<L extends string> {
  readonly #tallies = new Map<string, Tally<L>>();

  constructor(configuration: CounterConfiguration<L>) {
    const tallies = this.#tallies;
    const counter = new Counter<L>({
      ...configuration,
      collect: () => {
        for (const tally of tallies.values()) {
          if (tally.count > 0) counter.inc(tally.labels, tally.count);
          tally.count = 0;
        }
      },
    });
  }

  /** `key` stands for the labels, which are made for the first increment under it. */
  add(key: string, count: number, labels: () => Readonly<Record<L, string>>): void {
    const tally = this.#tallies.get(key);
    if (tally === undefined) this.#tallies.set(key, { labels: labels(), count });
    else tally.count += count;
  }
}
