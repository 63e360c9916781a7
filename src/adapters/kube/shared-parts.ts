import { asObject, type JsonObject } from "../../kubernetes/json.ts";

/** Parts that are remembered at a time, and as many from before. */
const REMEMBERED = 2_048;
/** Characters; what is longer is hardly the same twice, and would be dear to remember. */
const LONGEST = 1_000;
/** Differ from object to object. */
const OWN_METADATA: ReadonlySet<string> = new Set(["name", "uid", "resourceVersion"]);

/**
 * Keeps equal parts of objects in memory once: labels of Pods, resources, conditions, owners. What was
 * not met for a while is forgotten, so that this does not grow with the cluster; then a part is merely
 * there twice.
 */
export class SharedParts {
  #recent = new Map<string, unknown>();
  #former = new Map<string, unknown>();

  /** An equal object; whatever it has in common with others is theirs as well. */
  share(object: JsonObject): JsonObject {
    return mapValues(object, (value, key) => {
      const metadata = key === "metadata" ? asObject(value) : undefined;
      if (metadata === undefined) return this.#part(value);
      return mapValues(metadata, (field, name) =>
        OWN_METADATA.has(name) ? field : this.#part(field),
      );
    });
  }

  #part(value: unknown): unknown {
    if (typeof value === "string" && value.length > LONGEST) return value;
    if (typeof value !== "string" && (typeof value !== "object" || value === null)) return value;
    const text = JSON.stringify(value);
    if (text.length > LONGEST) return this.#copy(value);
    const known = this.#recent.get(text) ?? this.#former.get(text);
    const part = known ?? this.#copy(value);
    this.#remember(text, part);
    return part;
  }

  #copy(value: string | object): unknown {
    if (typeof value === "string") return value;
    if (Array.isArray(value)) return value.map((item) => this.#part(item));
    return mapValues(value as JsonObject, (field) => this.#part(field));
  }

  #remember(text: string, part: unknown): void {
    if (this.#recent.has(text)) return;
    if (this.#recent.size >= REMEMBERED) {
      this.#former = this.#recent;
      this.#recent = new Map();
    }
    this.#recent.set(text, part);
  }
}

function mapValues(object: JsonObject, map: (value: unknown, key: string) => unknown): JsonObject {
  const result: Record<string, unknown> = {};
  for (const key of Object.keys(object)) {
    // As a name in a map of names an assignment would set no key, but the prototype.
    if (key === "__proto__") define(result, key, object[key]);
    else result[key] = map(object[key], key);
  }
  return result;
}

function define(object: object, key: string, value: unknown): void {
  Object.defineProperty(object, key, {
    value,
    enumerable: true,
    writable: true,
    configurable: true,
  });
}
