import { asObject, type JsonObject, ownObject, ownString } from "../kubernetes/json.ts";
import { Multimap } from "./multimap.ts";

/** Objects whose selectors ask for the same label keys, by the values that they ask for. */
interface Shape {
  readonly keys: readonly string[];
  readonly objects: Multimap<JsonObject>;
}

/**
 * Finds selectors by the labels that they select. A selector lies under the keys and values of its
 * matchLabels; there are few sets of keys in a namespace, and each takes one look.
 */
export class SelectorIndex {
  readonly #namespaces = new Map<string, Map<string, Shape>>();

  add(namespace: string, selector: unknown, object: JsonObject): void {
    if (selector === undefined) return;
    const { keys, values } = requirementsOf(selector);
    const shapes = this.#namespaces.get(namespace) ?? new Map<string, Shape>();
    this.#namespaces.set(namespace, shapes);
    const name = keys.join("\n");
    const shape = shapes.get(name) ?? { keys, objects: new Multimap() };
    shapes.set(name, shape);
    shape.objects.add(values, object);
  }

  remove(namespace: string, selector: unknown, object: JsonObject): void {
    const shapes = this.#namespaces.get(namespace);
    if (selector === undefined || shapes === undefined) return;
    const { keys, values } = requirementsOf(selector);
    const name = keys.join("\n");
    const shape = shapes.get(name);
    shape?.objects.remove(values, object);
    if (shape?.objects.isEmpty) shapes.delete(name);
    if (shapes.size === 0) this.#namespaces.delete(namespace);
  }

  /** All that select the labels, and some that a matchExpression keeps from it. */
  *candidates(namespace: string, labels: JsonObject | undefined): Iterable<JsonObject> {
    for (const { keys, objects } of this.#namespaces.get(namespace)?.values() ?? []) {
      yield* objects.get(valuesOf(keys, labels));
    }
  }
}

function requirementsOf(selector: unknown): { keys: readonly string[]; values: string } {
  const matchLabels = ownObject(asObject(selector), "matchLabels");
  const keys = Object.keys(matchLabels ?? {}).sort();
  return { keys, values: valuesOf(keys, matchLabels) };
}

function valuesOf(keys: readonly string[], labels: JsonObject | undefined): string {
  return keys.map((key) => ownString(labels, key) ?? "").join("\n");
}
