import { asArray, asObject, type JsonObject, own } from "../../kubernetes/json.ts";

/** Which parts of a JSON value are kept. */
export interface FieldMask {
  /** Everything below. */
  readonly whole: boolean;
  readonly keys: ReadonlyMap<string, FieldMask>;
  /** Set where the value is a list: what is kept of each item. */
  readonly items: FieldMask | undefined;
}

interface Draft extends FieldMask {
  whole: boolean;
  readonly keys: Map<string, Draft>;
  items: Draft | undefined;
}

/** Paths as in `spec.containers[].{name,image}`. A path ends with what is kept whole. */
export function maskOf(paths: readonly string[]): FieldMask {
  const root = draft();
  for (const path of paths) addPath(root, path);
  return root;
}

/** A copy that holds what the mask keeps; undefined where nothing is of the expected shape. */
export function applyMask(value: unknown, mask: FieldMask): unknown {
  if (mask.whole) return value;
  if (mask.items !== undefined) {
    const { items } = mask;
    // An item of odd shape keeps its place, so that the others keep theirs.
    return asArray(value)?.map((item) => applyMask(item, items) ?? {});
  }
  const object = asObject(value);
  return object === undefined ? undefined : pick(object, mask.keys);
}

function pick(object: JsonObject, keys: ReadonlyMap<string, FieldMask>): JsonObject {
  const result: Record<string, unknown> = {};
  for (const [key, mask] of keys) {
    const value = own(object, key);
    const kept = value === undefined ? undefined : applyMask(value, mask);
    if (kept !== undefined) result[key] = kept;
  }
  return result;
}

function addPath(root: Draft, path: string): void {
  const brace = path.indexOf("{");
  const stem = brace < 0 ? path : path.slice(0, brace - 1);
  let at = root;
  for (const step of stem.split(".")) at = descend(at, step);
  if (brace < 0) at.whole = true;
  else for (const name of path.slice(brace + 1, -1).split(",")) descend(at, name).whole = true;
}

function descend(from: Draft, step: string): Draft {
  const isList = step.endsWith("[]");
  const key = isList ? step.slice(0, -2) : step;
  const child = from.keys.get(key) ?? draft();
  from.keys.set(key, child);
  if (!isList) return child;
  child.items ??= draft();
  return child.items;
}

function draft(): Draft {
  return { whole: false, keys: new Map(), items: undefined };
}
