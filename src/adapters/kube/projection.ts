import { type JsonObject, own, ownObject } from "../../kubernetes/json.ts";
import { apiVersionOf, groupKind, type KindInfo } from "../../kubernetes/kinds.ts";
import { applyMask, maskOf } from "./field-mask.ts";
import { isKeptAnnotation, KEPT_FIELDS, KEPT_METADATA } from "./kept-fields.ts";

/** How the cache keeps objects of one kind. */
export interface Projection {
  /** Nothing outside metadata is read, so the API server need not send it. */
  readonly metadataOnly: boolean;
  readonly project: (object: JsonObject) => JsonObject;
}

/** The projection of a kind; of the annotations only what rules read. */
export function projectionOf(kind: KindInfo): Projection {
  const name = groupKind(kind.group, kind.kind);
  const paths = Object.hasOwn(KEPT_FIELDS, name) ? KEPT_FIELDS[name] : undefined;
  const mask = maskOf(paths ?? ["spec"]);
  const apiVersion = apiVersionOf(kind);
  return {
    metadataOnly: mask.keys.size === 0,
    project: (object) => {
      // Items of a list carry neither, and a metadata-only answer carries its own.
      const result: Record<string, unknown> = { apiVersion, kind: kind.kind };
      result["metadata"] = projectMetadata(ownObject(object, "metadata"));
      return Object.assign(result, applyMask(object, mask));
    },
  };
}

function projectMetadata(metadata: JsonObject | undefined): JsonObject {
  const result: Record<string, unknown> = {};
  for (const key of KEPT_METADATA) {
    const value = own(metadata, key);
    if (value !== undefined) result[key] = value;
  }
  const annotations = Object.entries(ownObject(metadata, "annotations") ?? {}).filter(([key]) =>
    isKeptAnnotation(key),
  );
  if (annotations.length > 0) result["annotations"] = Object.fromEntries(annotations);
  return result;
}
