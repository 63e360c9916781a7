import { isPodSelecting, podSelectorOf } from "../kubernetes/indexes.ts";
import type { JsonObject } from "../kubernetes/json.ts";
import type { GroupKind } from "../kubernetes/kinds.ts";
import { selects } from "../kubernetes/selector.ts";
import type { ObjectSet } from "./cluster-view.ts";
import { INDEXES, type IndexName } from "./indexes.ts";
import { Multimap } from "./multimap.ts";
import { SelectorIndex } from "./selector-index.ts";

/** All indexes of the objects of one kind, kept up to date by whoever holds the objects. */
export class ObjectIndex {
  readonly #kind: GroupKind;
  readonly #indexes: ReadonlyMap<IndexName, Multimap<JsonObject>>;
  readonly #selectors: SelectorIndex | undefined;

  constructor(kind: GroupKind) {
    this.#kind = kind;
    const names = (Object.keys(INDEXES) as IndexName[]).filter((name) =>
      INDEXES[name].kinds.includes(kind),
    );
    this.#indexes = new Map(names.map((name) => [name, new Multimap()]));
    this.#selectors = isPodSelecting(kind) ? new SelectorIndex() : undefined;
  }

  add(namespace: string, object: JsonObject): void {
    for (const [name, objects] of this.#indexes) {
      for (const key of this.#keys(name, namespace, object)) objects.add(key, object);
    }
    this.#selectors?.add(namespace, podSelectorOf(this.#kind, object), object);
  }

  /** The very object that was added. */
  remove(namespace: string, object: JsonObject): void {
    for (const [name, objects] of this.#indexes) {
      for (const key of this.#keys(name, namespace, object)) objects.remove(key, object);
    }
    this.#selectors?.remove(namespace, podSelectorOf(this.#kind, object), object);
  }

  /** Throws a RangeError for an index that does not hold this kind: a mistake in a rule. */
  get(name: IndexName, key: string): ObjectSet {
    const objects = this.#indexes.get(name);
    if (objects === undefined) throw new RangeError(`index ${name} does not hold ${this.#kind}`);
    return objects.get(key);
  }

  /** Throws a RangeError for a kind without selector: a mistake in a rule. */
  *selecting(namespace: string, labels: JsonObject | undefined): Iterable<JsonObject> {
    if (this.#selectors === undefined) throw new RangeError(`${this.#kind} selects no Pods`);
    for (const object of this.#selectors.candidates(namespace, labels)) {
      if (selects(podSelectorOf(this.#kind, object), labels)) yield object;
    }
  }

  #keys(name: IndexName, namespace: string, object: JsonObject): readonly string[] {
    return INDEXES[name].keys({ kind: this.#kind, namespace, object });
  }
}
