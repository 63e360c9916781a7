import { dig, type JsonObject, own, ownObject, ownString } from "./json.ts";

export function metadataOf(object: JsonObject): JsonObject | undefined {
  return ownObject(object, "metadata");
}

export function nameOf(object: JsonObject): string | undefined {
  return nonEmpty(ownString(metadataOf(object), "name"));
}

export function namespaceOf(object: JsonObject): string | undefined {
  return nonEmpty(ownString(metadataOf(object), "namespace"));
}

/** `api`, or `api-*` for an object whose name the API server will generate. */
export function displayNameOf(object: JsonObject): string | undefined {
  const name = nameOf(object);
  if (name !== undefined) return name;
  const prefix = nonEmpty(ownString(metadataOf(object), "generateName"));
  return prefix === undefined ? undefined : `${prefix}*`;
}

export function labelsOf(object: JsonObject): JsonObject | undefined {
  return ownObject(metadataOf(object), "labels");
}

export function labelOf(object: JsonObject, key: string): string | undefined {
  return ownString(labelsOf(object), key);
}

export function annotationOf(object: JsonObject, key: string): string | undefined {
  return ownString(ownObject(metadataOf(object), "annotations"), key);
}

export function isTerminating(object: JsonObject): boolean {
  const timestamp = own(metadataOf(object), "deletionTimestamp");
  return timestamp !== undefined && timestamp !== null;
}

export function uidOf(object: JsonObject): string | undefined {
  return ownString(metadataOf(object), "uid");
}

export function specOf(object: JsonObject): JsonObject | undefined {
  return ownObject(object, "spec");
}

export function statusOf(object: JsonObject): JsonObject | undefined {
  return ownObject(object, "status");
}

/** metadata.resourceVersion; "" when absent. */
export function resourceVersionOf(object: JsonObject): string {
  const version = dig(object, "metadata", "resourceVersion");
  return typeof version === "string" ? version : "";
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === "" ? undefined : text;
}
