import type { ClusterView } from "../../src/engine/cluster-view.ts";
import { Judged, type Operation, type Subject } from "../../src/engine/subject.ts";
import { asObject, type JsonObject, ownString } from "../../src/kubernetes/json.ts";
import { groupKindOf, kindInfo } from "../../src/kubernetes/kinds.ts";
import { displayNameOf, nameOf, namespaceOf } from "../../src/kubernetes/object.ts";

/** A raw object from its parts; `metadata.name` is `name`. */
export function rawObject(
  apiVersion: string,
  kind: string,
  name: string,
  rest: { namespace?: string; metadata?: object; [key: string]: unknown } = {},
): JsonObject {
  const { namespace, metadata, ...body } = rest;
  return {
    apiVersion,
    kind,
    metadata: { name, ...(namespace === undefined ? {} : { namespace }), ...metadata },
    ...body,
  };
}

export function judged(raw: JsonObject): Judged {
  return new Judged(
    groupKindOf(ownString(raw, "apiVersion") ?? "", ownString(raw, "kind") ?? ""),
    raw,
  );
}

export interface SubjectSettings {
  readonly door?: Subject["door"];
  readonly operation?: Operation;
  readonly subresource?: string;
  readonly user?: string;
  readonly byController?: boolean;
  readonly old?: JsonObject;
}

/** What the doors make of a raw object; `default` is the namespace of those that name none. */
export function subjectOf(raw: JsonObject, settings: SubjectSettings = {}): Subject {
  const object = judged(raw);
  const isNamespace = object.kind === "Namespace";
  const isNamespaced = kindInfo(object.kind)?.namespaced !== false;
  return {
    door: settings.door ?? "admission",
    operation: settings.operation ?? "CREATE",
    kind: object.kind,
    subresource: settings.subresource ?? "",
    namespace: isNamespace
      ? (nameOf(raw) ?? "")
      : isNamespaced
        ? (namespaceOf(raw) ?? "default")
        : "",
    name: displayNameOf(raw) ?? "",
    object,
    old: settings.old === undefined ? undefined : judged(settings.old),
    user: settings.user ?? "developer",
    dryRun: false,
    byController: settings.byController ?? false,
  };
}

/** Every object of a parsed YAML value; throws for anything else, since fixtures are our own. */
export function mustBeObject(value: unknown, what: string): JsonObject {
  const object = asObject(value);
  if (object === undefined) throw new Error(`${what} is no object`);
  return object;
}

/** A view in which nothing can be read: a cache that never synced. */
export const UNREADABLE: ClusterView = {
  readability: () => "unreadable",
  reason: (kind) => `${kind} is not synced`,
  get: () => undefined,
  list: () => [],
  byIndex: () => new Set(),
  selecting: () => [],
};
