import { type JsonObject, ownString } from "./json.ts";
import { metadataOf } from "./object.ts";

/** Milliseconds since the object was created; 0 for one that is not created yet. */
export function ageOf(object: JsonObject, now: number): number {
  const created = Date.parse(ownString(metadataOf(object), "creationTimestamp") ?? "");
  return Number.isNaN(created) ? 0 : Math.max(0, now - created);
}
