import type { IndexName } from "./indexes.ts";
import type { JsonObject } from "./json.ts";
import type { GroupKind } from "./kinds.ts";

/** Where relations between objects are looked up; every cluster view is one. */
export interface ObjectLookup {
  get(kind: GroupKind, namespace: string, name: string): JsonObject | undefined;
  byIndex(kind: GroupKind, index: IndexName, key: string): Iterable<JsonObject>;
  list(kind: GroupKind, namespace?: string): Iterable<JsonObject>;
}
