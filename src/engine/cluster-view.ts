import type { JsonObject } from "../kubernetes/json.ts";
import type { GroupKind } from "../kubernetes/kinds.ts";

/**
 * - `readable`: what the view holds is the truth, as fresh as the cache
 * - `absent`: the kind does not exist in this cluster and counts as empty
 * - `unreadable`: it may exist, but nothing can be said about it (cold or stale cache, no permission)
 */
export type Readability = "readable" | "absent" | "unreadable";

/** What rules may know about objects other than the one they judge. A snapshot: reads never wait. */
export interface ClusterView {
  readability(kind: GroupKind): Readability;
  /** Why a kind is unreadable, in words for the user; undefined otherwise. */
  reason(kind: GroupKind): string | undefined;
  /** `namespace` is ignored for cluster-scoped kinds. */
  get(kind: GroupKind, namespace: string, name: string): JsonObject | undefined;
  /** All objects of a kind, or those of one namespace. */
  list(kind: GroupKind, namespace?: string): Iterable<JsonObject>;
}
