import type { ClusterView, ObjectSet, Readability } from "../../engine/cluster-view.ts";
import type { IndexName } from "../../engine/indexes.ts";
import { ObjectIndex } from "../../engine/object-index.ts";
import type { JsonObject } from "../../kubernetes/json.ts";
import { type GroupKind, type KindInfo, kindInfo } from "../../kubernetes/kinds.ts";
import type { Clock } from "../../usecases/ports/clock.ts";
import type { Logger } from "../../usecases/ports/logger.ts";
import type { Connection } from "./api-client.ts";
import { collectionOf } from "./collection.ts";
import { type ObjectChange, ObjectStore } from "./object-store.ts";
import { type Projection, projectionOf } from "./projection.ts";
import { Reflector, type ReflectorStatus } from "./reflector.ts";
import { ServedResources } from "./served-resources.ts";
import { SharedParts } from "./shared-parts.ts";
import { Waiters } from "./waiters.ts";

/** Longer than this without a sign of life, and the cache no longer speaks for the cluster. */
const STALE_MS = 300_000;

const NONE: ReadonlySet<never> = new Set();

export interface ClusterCacheOptions {
  readonly connection: Connection;
  /** Kinds to hold; each must be known to kinds.ts. */
  readonly kinds: readonly GroupKind[];
  readonly clock: Clock;
  readonly logger: Logger;
  readonly random: () => number;
  /** What is kept of a kind; default: what rules look up at admission. */
  readonly projection?: (kind: KindInfo) => Projection;
  /** Hears of each difference after it took effect; must not throw. */
  readonly onChange?: (kind: GroupKind, change: ObjectChange) => void;
}

export interface CacheStats extends ReflectorStatus {
  readonly kind: GroupKind;
  readonly objects: number;
  readonly synced: boolean;
}

interface Entry {
  readonly info: KindInfo;
  readonly what: string;
  readonly store: ObjectStore;
  readonly index: ObjectIndex;
  readonly reflector: Reflector;
  readonly waiters: Waiters;
}

/** What rules see of a live cluster: one reflector per kind, held in memory, cut to what they read. */
export class ClusterCache implements ClusterView {
  readonly #clock: Clock;
  readonly #entries: ReadonlyMap<GroupKind, Entry>;

  constructor(options: ClusterCacheOptions) {
    this.#clock = options.clock;
    const served = new ServedResources(options);
    const parts = new SharedParts();
    this.#entries = new Map(
      [...new Set(options.kinds)].map((kind) => [
        kind,
        createEntry(kind, options, { served, parts }),
      ]),
    );
  }

  /** Starts all reflectors; they end with the signal. */
  start(signal: AbortSignal): void {
    for (const { reflector } of this.#entries.values()) void reflector.run(signal);
  }

  /** Whether the cluster has answered for every kind, be it with "absent" or "forbidden". */
  synced(): boolean {
    return this.pending().length === 0;
  }

  /** Kinds that the cluster has not answered for, with what they wait for. */
  pending(): readonly { readonly kind: GroupKind; readonly problem: string | undefined }[] {
    return this.stats()
      .filter((entry) => !entry.synced)
      .map(({ kind, problem }) => ({ kind, problem }));
  }

  stats(): readonly CacheStats[] {
    return [...this.#entries].map(([kind, { reflector, store }]) => ({
      kind,
      ...reflector.status(),
      objects: store.size,
      synced: reflector.status().state !== "cold",
    }));
  }

  readability(kind: GroupKind): Readability {
    const state = this.#entries.get(kind)?.reflector.status().state;
    if (state === "absent") return "absent";
    return this.reason(kind) === undefined ? "readable" : "unreadable";
  }

  reason(kind: GroupKind): string | undefined {
    const entry = this.#entries.get(kind);
    if (entry === undefined) return `${kind} is not watched`;
    const { state, problem, lastEvent } = entry.reflector.status();
    if (state === "absent") return undefined;
    if (state === "blocked") return problem;
    if (state === "cold") {
      return `the cache of ${entry.what} is not synced yet${problem === undefined ? "" : `: ${problem}`}`;
    }
    const silentMs = this.#clock.now() - lastEvent;
    if (silentMs <= STALE_MS) return undefined;
    return `the cache of ${entry.what} is stale: nothing heard for ${Math.round(silentMs / 1000)} s`;
  }

  get(kind: GroupKind, namespace: string, name: string): JsonObject | undefined {
    const entry = this.#entries.get(kind);
    return entry?.store.get(entry.info.namespaced ? namespace : "", name);
  }

  list(kind: GroupKind, namespace?: string): Iterable<JsonObject> {
    const entry = this.#entries.get(kind);
    if (entry === undefined) return [];
    const { store, info } = entry;
    return {
      [Symbol.iterator]: () =>
        namespace === undefined || !info.namespaced ? store.all() : store.inNamespace(namespace),
    };
  }

  byIndex(kind: GroupKind, index: IndexName, key: string): ObjectSet {
    return this.#entries.get(kind)?.index.get(index, key) ?? NONE;
  }

  selecting(
    kind: GroupKind,
    namespace: string,
    labels: JsonObject | undefined,
  ): Iterable<JsonObject> {
    return this.#entries.get(kind)?.index.selecting(namespace, labels) ?? NONE;
  }

  /**
   * The object as soon as the cache has it, undefined when `ms` are over. Does not wait for a kind
   * that cannot be read.
   */
  async waitFor(
    kind: GroupKind,
    namespace: string,
    name: string,
    ms: number,
  ): Promise<JsonObject | undefined> {
    const found = this.get(kind, namespace, name);
    const entry = this.#entries.get(kind);
    if (found !== undefined || entry === undefined || this.readability(kind) !== "readable") {
      return found;
    }
    return entry.waiters.wait(entry.info.namespaced ? namespace : "", name, ms);
  }
}

function createEntry(
  kind: GroupKind,
  options: ClusterCacheOptions,
  { served, parts }: { readonly served: ServedResources; readonly parts: SharedParts },
): Entry {
  const info = kindInfo(kind);
  if (info === undefined) throw new RangeError(`${kind} is not in the table of kinds`);
  const { connection, clock, logger, random, onChange } = options;
  const { metadataOnly, project } = (options.projection ?? projectionOf)(info);
  const waiters = new Waiters(clock);
  const index = new ObjectIndex(kind);
  const store = new ObjectStore((change) => {
    waiters.notify(change);
    onChange?.(kind, change);
  }, index);
  const collection = collectionOf(info, metadataOnly);
  const reflector = new Reflector({
    connection,
    collection,
    project: (object) => parts.share(project(object)),
    sink: store,
    clock,
    logger,
    random,
    served,
  });
  return { info, what: collection.what, store, index, reflector, waiters };
}
