import type { JsonObject } from "../kubernetes/json.ts";
import type { GroupKind } from "../kubernetes/kinds.ts";
import type { IndexName } from "./indexes.ts";

/**
 * - `readable`: what the view holds is the truth, as fresh as the cache
 * - `absent`: the kind does not exist in this cluster and counts as empty
 * - `unreadable`: it may exist, but nothing can be said about it (cold or stale cache, no permission)
 */
export type Readability = "readable" | "absent" | "unreadable";

/** What a look-up finds: how much of it is known before it is walked. */
export interface ObjectSet<V = JsonObject> extends Iterable<V> {
  readonly size: number;
}

/** What rules may know about objects other than the one they judge. A snapshot: reads never wait. */
export interface ClusterView {
  readability(kind: GroupKind): Readability;
  /** Why a kind is unreadable, in words for the user; undefined otherwise. */
  reason(kind: GroupKind): string | undefined;
  /** `namespace` is ignored for cluster-scoped kinds. */
  get(kind: GroupKind, namespace: string, name: string): JsonObject | undefined;
  /** All objects of a kind, or those of one namespace: a walk that grows with the cluster. */
  list(kind: GroupKind, namespace?: string): Iterable<JsonObject>;
  /** What lies under a key of an index, without a walk. A RangeError if it does not hold the kind. */
  byIndex(kind: GroupKind, index: IndexName, key: string): ObjectSet;
  /**
   * Objects of a kind that select Pods with these labels in their namespace, without a walk. A
   * RangeError for a kind that has no selector.
   */
  selecting(
    kind: GroupKind,
    namespace: string,
    labels: JsonObject | undefined,
  ): Iterable<JsonObject>;
}
