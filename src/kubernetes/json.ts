/** An untrusted JSON object as JSON.parse returns it. Read it through the total readers below. */
export type JsonObject = { readonly [key: string]: unknown };

/** The value as an object, or undefined for null, arrays and scalars. */
export function asObject(value: unknown): JsonObject | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as JsonObject)
    : undefined;
}

export function asArray(value: unknown): readonly unknown[] | undefined {
  return Array.isArray(value) ? value : undefined;
}

export function asString(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** Own property only: a key such as `constructor` must not reach Object.prototype. */
export function own(object: JsonObject | undefined, key: string): unknown {
  return object !== undefined && Object.hasOwn(object, key) ? object[key] : undefined;
}

export function ownObject(object: JsonObject | undefined, key: string): JsonObject | undefined {
  return asObject(own(object, key));
}

export function ownArray(object: JsonObject | undefined, key: string): readonly unknown[] {
  return asArray(own(object, key)) ?? [];
}

export function ownString(object: JsonObject | undefined, key: string): string | undefined {
  return asString(own(object, key));
}

/** Follows own keys through nested objects; undefined as soon as one is missing. */
export function dig(object: unknown, ...keys: readonly string[]): unknown {
  let value: unknown = object;
  for (const key of keys) value = own(asObject(value), key);
  return value;
}
