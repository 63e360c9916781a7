import { parseTime } from "./duration.ts";
import { asObject, type JsonObject, own, ownArray, ownObject } from "./json.ts";
import type { GroupKind } from "./kinds.ts";
import { metadataOf } from "./object.ts";

/** What metadata.managedFields tells about a top-level field, such as `data` or `spec`. */
export interface FieldHistory {
  /** When one of its managers wrote last, in milliseconds. */
  readonly writtenAt: number | undefined;
  /** Names of the fields below it. */
  readonly keys: ReadonlySet<string>;
}

/** Writes to subresources (status) are not counted: they change nothing that people wrote. */
export function fieldHistory(object: JsonObject, name: string): FieldHistory {
  const keys = new Set<string>();
  let writtenAt: number | undefined;
  for (const value of ownArray(metadataOf(object), "managedFields")) {
    const entry = asObject(value);
    const fields = ownObject(ownObject(entry, "fieldsV1"), `f:${name}`);
    if (fields === undefined || own(entry, "subresource") === "status") continue;
    for (const key of Object.keys(fields)) if (key.startsWith("f:")) keys.add(key.slice(2));
    const time = parseTime(own(entry, "time"));
    if (time !== undefined && (writtenAt === undefined || time > writtenAt)) writtenAt = time;
  }
  return { writtenAt, keys };
}

/** Rules ask of these who wrote which field, and when. */
const ASKED: ReadonlySet<GroupKind> = new Set([
  "Secret",
  "Deployment.apps",
  "StatefulSet.apps",
  "NetworkPolicy.networking.k8s.io",
]);

/** Who wrote which field is a third of an object, so it is kept where somebody asks. */
export function withAskedManagers(kind: GroupKind, object: JsonObject): JsonObject {
  const metadata = metadataOf(object);
  if (ASKED.has(kind) || own(metadata, "managedFields") === undefined) return object;
  const { managedFields: _, ...rest } = metadata ?? {};
  return { ...object, metadata: rest };
}
