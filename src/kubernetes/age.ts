import { type JsonObject, ownString } from "./json.ts";
import { metadataOf } from "./object.ts";

/** Milliseconds since the object was created; 0 for one that is not created yet. */
export function ageOf(object: JsonObject, now: number): number {
  const created = createdAt(object);
  return created === undefined ? 0 : Math.max(0, now - created);
}

/** undefined for what is not created yet, or was written down without the time. */
export function createdAt(object: JsonObject): number | undefined {
  const created = Date.parse(ownString(metadataOf(object), "creationTimestamp") ?? "");
  return Number.isNaN(created) ? undefined : created;
}
