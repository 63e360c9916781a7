import { asString, dig, type JsonObject, own, ownString } from "../kubernetes/json.ts";
import { type GroupKind, groupKindOf, kindInfo } from "../kubernetes/kinds.ts";
import { nameOf, namespaceOf } from "../kubernetes/object.ts";
import type { ClusterView, ObjectSet, Readability } from "./cluster-view.ts";
import { getOrAdd } from "./get-or-add.ts";
import type { IndexName } from "./indexes.ts";
import { ObjectIndex } from "./object-index.ts";

/** API groups that every cluster serves; all others come with a CustomResourceDefinition. */
const BUILT_IN_GROUPS: ReadonlySet<string> = new Set([
  "",
  "admissionregistration.k8s.io",
  "apiextensions.k8s.io",
  "apiregistration.k8s.io",
  "apps",
  "authentication.k8s.io",
  "authorization.k8s.io",
  "autoscaling",
  "batch",
  "certificates.k8s.io",
  "coordination.k8s.io",
  "discovery.k8s.io",
  "events.k8s.io",
  "flowcontrol.apiserver.k8s.io",
  "networking.k8s.io",
  "node.k8s.io",
  "policy",
  "rbac.authorization.k8s.io",
  "resource.k8s.io",
  "scheduling.k8s.io",
  "storage.k8s.io",
]);

type ByName = Map<string, JsonObject>;
type ByNamespace = Map<string, ByName>;

/**
 * A fixed set of objects that stands for a cluster: files of `check`, `--state`, a dump. Built-in
 * kinds are taken as complete; a custom kind is absent until an object or a
 * CustomResourceDefinition of its API group is in the set. Of two objects with one name the last
 * counts. Objects without a name cannot be looked up and are left out.
 */
export class StaticView implements ClusterView {
  readonly #kinds = new Map<GroupKind, ByNamespace>();
  readonly #groups = new Set<string>();
  /** Made when first asked for: many views are looked at once. */
  readonly #indexes = new Map<GroupKind, ObjectIndex>();
  readonly #defaultNamespace: string;

  /** `defaultNamespace`: where namespaced objects live that name no namespace. */
  constructor(objects: Iterable<JsonObject>, defaultNamespace = "default") {
    this.#defaultNamespace = defaultNamespace;
    for (const object of objects) this.add(object);
  }

  readability(kind: GroupKind): Readability {
    const group = groupOf(kind);
    return BUILT_IN_GROUPS.has(group) || this.#groups.has(group) ? "readable" : "absent";
  }

  reason(): undefined {
    return undefined;
  }

  get(kind: GroupKind, namespace: string, name: string): JsonObject | undefined {
    const key = isClusterScoped(kind) ? "" : namespace;
    return this.#kinds.get(kind)?.get(key)?.get(name);
  }

  *list(kind: GroupKind, namespace?: string): Iterable<JsonObject> {
    const byNamespace = this.#kinds.get(kind);
    if (byNamespace === undefined) return;
    if (namespace === undefined || isClusterScoped(kind)) {
      for (const byName of byNamespace.values()) yield* byName.values();
      return;
    }
    yield* byNamespace.get(namespace)?.values() ?? [];
  }

  byIndex(kind: GroupKind, index: IndexName, key: string): ObjectSet {
    return this.#indexOf(kind).get(index, key);
  }

  selecting(
    kind: GroupKind,
    namespace: string,
    labels: JsonObject | undefined,
  ): Iterable<JsonObject> {
    return this.#indexOf(kind).selecting(namespace, labels);
  }

  #indexOf(kind: GroupKind): ObjectIndex {
    return getOrAdd(this.#indexes, kind, () => {
      const index = new ObjectIndex(kind);
      for (const [namespace, byName] of this.#kinds.get(kind) ?? []) {
        for (const object of byName.values()) index.add(namespace, object);
      }
      return index;
    });
  }

  /** One more object, or another in the place of its namesake. */
  add(object: JsonObject): void {
    const apiVersion = ownString(object, "apiVersion");
    const kindWord = ownString(object, "kind");
    if (apiVersion === undefined || kindWord === undefined) return;
    const kind = groupKindOf(apiVersion, kindWord);
    this.#groups.add(groupOf(kind));
    if (kind === "CustomResourceDefinition.apiextensions.k8s.io") {
      const served = asString(dig(own(object, "spec"), "group"));
      if (served !== undefined) this.#groups.add(served);
    }
    const name = nameOf(object);
    if (name === undefined) return;
    const namespace = isClusterScoped(kind) ? "" : (namespaceOf(object) ?? this.#defaultNamespace);
    const byNamespace = getOrAdd(this.#kinds, kind, () => new Map<string, ByName>());
    const byName = getOrAdd(byNamespace, namespace, () => new Map<string, JsonObject>());
    const index = this.#indexes.get(kind);
    const former = byName.get(name);
    if (former !== undefined) index?.remove(namespace, former);
    byName.set(name, object);
    index?.add(namespace, object);
  }
}

function groupOf(kind: GroupKind): string {
  const dot = kind.indexOf(".");
  return dot < 0 ? "" : kind.slice(dot + 1);
}

function isClusterScoped(kind: GroupKind): boolean {
  return kindInfo(kind)?.namespaced === false;
}
