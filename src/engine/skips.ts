import { jsonEqual } from "../kubernetes/equality.ts";
import { asObject, type JsonObject, own } from "../kubernetes/json.ts";
import { metadataOf } from "../kubernetes/object.ts";

/** Bookkeeping that no rule judges. */
const UNJUDGED_METADATA = new Set([
  "managedFields",
  "resourceVersion",
  "generation",
  "finalizers",
  "ownerReferences",
]);

/** An update that changes nothing but bookkeeping and status. */
export function isBookkeepingUpdate(old: JsonObject, object: JsonObject): boolean {
  for (const key of keysOfBoth(old, object)) {
    if (key === "status") continue;
    if (key === "metadata") {
      if (!sameMetadata(metadataOf(old), metadataOf(object))) return false;
    } else if (!jsonEqual(own(old, key), own(object, key))) {
      return false;
    }
  }
  return true;
}

function sameMetadata(old: JsonObject | undefined, now: JsonObject | undefined): boolean {
  for (const key of keysOfBoth(asObject(old) ?? {}, asObject(now) ?? {})) {
    if (!UNJUDGED_METADATA.has(key) && !jsonEqual(own(old, key), own(now, key))) return false;
  }
  return true;
}

function keysOfBoth(left: JsonObject, right: JsonObject): Set<string> {
  return new Set([...Object.keys(left), ...Object.keys(right)]);
}
