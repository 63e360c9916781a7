import type { ObjectIndex } from "../../engine/object-index.ts";
import type { JsonObject } from "../../kubernetes/json.ts";
import { nameOf, namespaceOf, resourceVersionOf } from "../../kubernetes/object.ts";

export interface ObjectChange {
  readonly type: "set" | "delete";
  readonly object: JsonObject;
  readonly namespace: string;
  readonly name: string;
}

export type ObjectListener = (change: ObjectChange) => void;

type ByName = Map<string, JsonObject>;

/** Objects of one kind by namespace and name. Cluster-scoped ones lie under namespace "". */
export class ObjectStore {
  #namespaces = new Map<string, ByName>();
  #size = 0;
  readonly #listener: ObjectListener;
  readonly #index: ObjectIndex | undefined;

  /**
   * The listener hears of each difference, after it took effect. It must not throw. The index is
   * kept in step.
   */
  constructor(listener: ObjectListener = () => {}, index?: ObjectIndex) {
    this.#listener = listener;
    this.#index = index;
  }

  get size(): number {
    return this.#size;
  }

  get(namespace: string, name: string): JsonObject | undefined {
    return this.#namespaces.get(namespace)?.get(name);
  }

  *all(): Generator<JsonObject> {
    for (const objects of this.#namespaces.values()) yield* objects.values();
  }

  *inNamespace(namespace: string): Generator<JsonObject> {
    yield* this.#namespaces.get(namespace)?.values() ?? [];
  }

  set(object: JsonObject): void {
    const { namespace, name } = keyOf(object);
    const objects = this.#namespaces.get(namespace) ?? new Map<string, JsonObject>();
    this.#namespaces.set(namespace, objects);
    const former = objects.get(name);
    if (former === undefined) this.#size += 1;
    else this.#index?.remove(namespace, former);
    objects.set(name, object);
    this.#index?.add(namespace, object);
    this.#listener({ type: "set", object, namespace, name });
  }

  delete(object: JsonObject): void {
    const { namespace, name } = keyOf(object);
    const objects = this.#namespaces.get(namespace);
    const former = objects?.get(name);
    if (objects === undefined || former === undefined) return;
    objects.delete(name);
    this.#index?.remove(namespace, former);
    this.#size -= 1;
    if (objects.size === 0) this.#namespaces.delete(namespace);
    this.#listener({ type: "delete", object, namespace, name });
  }

  /** Takes over a complete list; unchanged objects (same resourceVersion) are no news. */
  replace(objects: readonly JsonObject[]): void {
    const gone = new Map<string, JsonObject>();
    for (const object of this.all()) gone.set(pathOf(object), object);
    for (const object of objects) {
      const path = pathOf(object);
      const known = gone.get(path);
      gone.delete(path);
      if (known === undefined || resourceVersionOf(known) !== resourceVersionOf(object))
        this.set(object);
    }
    for (const object of gone.values()) this.delete(object);
  }
}

function keyOf(object: JsonObject): { namespace: string; name: string } {
  return {
    namespace: namespaceOf(object) ?? "",
    name: nameOf(object) ?? "",
  };
}

function pathOf(object: JsonObject): string {
  const { namespace, name } = keyOf(object);
  return `${namespace}/${name}`;
}
