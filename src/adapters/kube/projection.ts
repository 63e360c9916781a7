import type { Door } from "../../engine/subject.ts";
import { CONFIG_MAP, isDashboard } from "../../kubernetes/dashboard.ts";
import { type JsonObject, own, ownObject } from "../../kubernetes/json.ts";
import { apiVersionOf, type GroupKind, groupKind, type KindInfo } from "../../kubernetes/kinds.ts";
import { REVISION_KINDS, retainedTemplate } from "../../kubernetes/revision.ts";
import { TEMPLATE_DIGEST, templateDigest } from "../../kubernetes/template-digest.ts";
import { applyMask, filterKeys, maskOf } from "./field-mask.ts";
import {
  AUDIT_FIELDS,
  isKeptAnnotation,
  KEPT_FIELDS,
  KEPT_METADATA,
  KEPT_METADATA_OF_SECRETS,
} from "./kept-fields.ts";

/** How the cache keeps objects of one kind. */
export interface Projection {
  /** Nothing outside metadata is read, so the API server need not send it. */
  readonly metadataOnly: boolean;
  readonly project: (object: JsonObject) => JsonObject;
}

/** The projection of a kind; of the annotations only what rules read. The audit reads more. */
export function projectionOf(
  kind: KindInfo,
  door: Extract<Door, "admission" | "audit"> = "admission",
): Projection {
  const name = groupKind(kind.group, kind.kind);
  const isKept = (key: string): boolean => isKeptAnnotation(key, door);
  const mask = maskOf(pathsOf(name, door), isKept);
  const keys = name === "Secret" ? KEPT_METADATA_OF_SECRETS : KEPT_METADATA;
  const apiVersion = apiVersionOf(kind);
  const isRevision = REVISION_KINDS.includes(name);
  return {
    metadataOnly: mask.keys.size === 0,
    project: (object) => {
      // Items of a list carry neither, and a metadata-only answer carries its own.
      const result: Record<string, unknown> = { apiVersion, kind: kind.kind };
      result["metadata"] = projectMetadata(ownObject(object, "metadata"), keys, isKept);
      Object.assign(result, applyMask(object, mask));
      // Contents of all the others would outweigh the rest.
      if (name === CONFIG_MAP && !isDashboard(name, object)) delete result["data"];
      if (isRevision) addDigest(object, result);
      return result;
    },
  };
}

function pathsOf(name: GroupKind, door: Door): readonly string[] {
  const paths = Object.hasOwn(KEPT_FIELDS, name) ? KEPT_FIELDS[name] : undefined;
  const more =
    door === "audit" && Object.hasOwn(AUDIT_FIELDS, name) ? AUDIT_FIELDS[name] : undefined;
  // A kind of the audit alone is listed there whole; else what is there comes on top.
  return paths === undefined && more !== undefined
    ? more
    : [...(paths ?? ["spec"]), ...(more ?? [])];
}

/** Whole templates of every retained revision would outweigh all the rest. */
function addDigest(object: JsonObject, result: Record<string, unknown>): void {
  const template = retainedTemplate(object);
  const digest = template && templateDigest(template);
  if (digest !== undefined) result[TEMPLATE_DIGEST] = digest;
}

function projectMetadata(
  metadata: JsonObject | undefined,
  keys: readonly string[],
  isKept: (annotation: string) => boolean,
): JsonObject {
  const result: Record<string, unknown> = {};
  for (const key of keys) {
    const value = own(metadata, key);
    if (value !== undefined) result[key] = value;
  }
  const annotations = filterKeys(ownObject(metadata, "annotations"), isKept);
  if (annotations !== undefined) result["annotations"] = annotations;
  return result;
}
