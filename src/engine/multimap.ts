import type { ObjectSet } from "./cluster-view.ts";

const NONE: ReadonlySet<never> = new Set();

/** Values under keys. Most keys have one value, which then needs no Set of its own. */
export class Multimap<V extends object> {
  readonly #entries = new Map<string, V | Set<V>>();

  get isEmpty(): boolean {
    return this.#entries.size === 0;
  }

  get(key: string): ObjectSet<V> {
    const entry = this.#entries.get(key);
    if (entry === undefined) return NONE;
    return entry instanceof Set ? entry : new Set([entry]);
  }

  add(key: string, value: V): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) this.#entries.set(key, value);
    else if (entry instanceof Set) entry.add(value);
    else if (entry !== value) this.#entries.set(key, new Set([entry, value]));
  }

  remove(key: string, value: V): void {
    const entry = this.#entries.get(key);
    if (entry === value) this.#entries.delete(key);
    if (!(entry instanceof Set)) return;
    entry.delete(value);
    if (entry.size === 0) this.#entries.delete(key);
  }
}
