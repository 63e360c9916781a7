import { type JsonObject, own, ownObject, ownString } from "./json.ts";
import { sha256 } from "./sha256.ts";

/**
 * A cache that has no room for whole templates of retained revisions keeps their digest here, at
 * the top of a ReplicaSet or ControllerRevision: no field of the API, so nobody else can set it.
 */
export const TEMPLATE_DIGEST = "templateDigest";

/** Deeper than any real template; beyond it two templates count as different. */
const MAX_DEPTH = 200;

/** What a retained revision's template comes to; undefined when it holds none. */
export function retainedDigest(record: JsonObject, template: JsonObject): string | undefined {
  return ownString(record, TEMPLATE_DIGEST) ?? templateDigest(template);
}

/**
 * The same for templates that mean the same: whatever the order of keys, and without what the
 * controllers and older servers add (pod-template-hash, `$patch`, null times).
 */
export function templateDigest(template: JsonObject): string | undefined {
  const text = canonical(plain(template), 0);
  return text === undefined ? undefined : sha256(text);
}

function plain(template: JsonObject): JsonObject {
  const { $patch: _patch, metadata: _metadata, ...rest } = template;
  const { labels: _labels, creationTimestamp, ...others } = ownObject(template, "metadata") ?? {};
  const labels = ownObject(ownObject(template, "metadata"), "labels") ?? {};
  const { "pod-template-hash": _hash, ...ownLabels } = labels;
  return {
    ...rest,
    metadata: {
      ...others,
      ...(creationTimestamp ? { creationTimestamp } : {}),
      ...(Object.keys(ownLabels).length > 0 ? { labels: ownLabels } : {}),
    },
  };
}

/** JSON with sorted keys; undefined when it nests too deep. */
function canonical(value: unknown, depth: number): string | undefined {
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  if (depth > MAX_DEPTH) return undefined;
  const parts: string[] = [];
  if (Array.isArray(value)) {
    for (const item of value) {
      const part = canonical(item, depth + 1);
      if (part === undefined) return undefined;
      parts.push(part);
    }
    return `[${parts.join()}]`;
  }
  for (const key of Object.keys(value).sort()) {
    const part = canonical(own(value as JsonObject, key), depth + 1);
    if (part === undefined) return undefined;
    parts.push(`${JSON.stringify(key)}:${part}`);
  }
  return `{${parts.join()}}`;
}
