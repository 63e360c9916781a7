import type { JsonObject } from "../../kubernetes/json.ts";
import type { Clock } from "../../usecases/ports/clock.ts";
import type { ObjectChange } from "./object-store.ts";

type Resolve = (object: JsonObject) => void;

/** Callers that wait for an object to appear. Costs a change nothing while nobody waits. */
export class Waiters {
  readonly #clock: Clock;
  readonly #waiting = new Map<string, Set<Resolve>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The object, or undefined after `ms`. */
  async wait(namespace: string, name: string, ms: number): Promise<JsonObject | undefined> {
    const key = `${namespace}/${name}`;
    const found = Promise.withResolvers<JsonObject>();
    const resolvers = this.#waiting.get(key) ?? new Set();
    this.#waiting.set(key, resolvers.add(found.resolve));
    const timer = new AbortController();
    try {
      return await Promise.race([
        found.promise,
        this.#clock.sleep(ms, timer.signal).then(() => undefined),
      ]);
    } finally {
      timer.abort();
      resolvers.delete(found.resolve);
      if (resolvers.size === 0 && this.#waiting.get(key) === resolvers) this.#waiting.delete(key);
    }
  }

  notify(change: ObjectChange): void {
    if (this.#waiting.size === 0 || change.type === "delete") return;
    const resolvers = this.#waiting.get(`${change.namespace}/${change.name}`);
    for (const resolve of resolvers ?? []) resolve(change.object);
  }
}
