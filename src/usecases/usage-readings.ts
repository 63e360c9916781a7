import type { UsageHistory } from "../engine/usage.ts";
import { nameKey } from "../kubernetes/indexes.ts";
import { type JsonObject, ownString } from "../kubernetes/json.ts";
import { nameOf, namespaceOf } from "../kubernetes/object.ts";

const NONE: readonly JsonObject[] = [];

/** The last readings of PodMetrics that a continuous audit took. */
export class UsageReadings implements UsageHistory {
  readonly #keep: number;
  #readings = 0;
  #byPod = new Map<string, readonly JsonObject[]>();

  /** `keep`: how many readings are worth keeping. */
  constructor(keep: number) {
    this.#keep = keep;
  }

  get readings(): number {
    return this.#readings;
  }

  of(namespace: string, pod: string): readonly JsonObject[] {
    return this.#byPod.get(nameKey(namespace, pod)) ?? NONE;
  }

  /**
   * One list of PodMetrics. The metrics server looks once in a while: what it saw last time already
   * is no new reading. Pods that are not in it any more are forgotten.
   */
  add(metrics: Iterable<JsonObject>): void {
    const next = new Map<string, readonly JsonObject[]>();
    let isNew = false;
    for (const one of metrics) {
      const key = nameKey(namespaceOf(one) ?? "", nameOf(one) ?? "");
      const before = this.#byPod.get(key) ?? NONE;
      const last = before.at(-1);
      if (last !== undefined && timeOf(last) === timeOf(one)) {
        next.set(key, before);
        continue;
      }
      isNew = true;
      next.set(key, [...before, one].slice(-this.#keep));
    }
    this.#byPod = next;
    if (isNew) this.#readings = Math.min(this.#readings + 1, this.#keep);
  }
}

function timeOf(metrics: JsonObject): string | undefined {
  return ownString(metrics, "timestamp");
}
