import { asArray, asObject, type JsonObject, own } from "../../kubernetes/json.ts";

/** Which parts of a JSON value are kept. */
export interface FieldMask {
  /** Everything below. */
  readonly whole: boolean;
  /** Of everything below, the keys that it says yes to. */
  readonly only: KeyFilter | undefined;
  readonly keys: ReadonlyMap<string, FieldMask>;
  /** Set where the value is a list: what is kept of each item. */
  readonly items: FieldMask | undefined;
}

type KeyFilter = (key: string) => boolean;

interface Draft extends FieldMask {
  whole: boolean;
  only: KeyFilter | undefined;
  readonly keys: Map<string, Draft>;
  items: Draft | undefined;
}

/**
 * Paths as in `spec.containers[].{name,image}`. A path ends with what is kept whole; of annotations
 * that is what the filter says yes to.
 */
export function maskOf(paths: readonly string[], annotations: KeyFilter): FieldMask {
  const root = draft();
  for (const path of paths) {
    for (const leaf of addPath(root, path)) {
      const { step, mask } = leaf;
      if (step === "annotations") mask.only = annotations;
      else mask.whole = true;
    }
  }
  return root;
}

/** Shared: of most volumes nothing is kept. */
const NOTHING: JsonObject = Object.freeze({});

/** A copy that holds what the mask keeps; undefined where nothing is of the expected shape. */
export function applyMask(value: unknown, mask: FieldMask): unknown {
  if (mask.whole) return value;
  if (mask.only !== undefined) return filterKeys(asObject(value), mask.only);
  if (mask.items !== undefined) {
    const { items } = mask;
    // An item of odd shape keeps its place, so that the others keep theirs.
    return asArray(value)?.map((item) => applyMask(item, items) ?? NOTHING);
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

/** undefined when nothing is left. */
export function filterKeys(
  object: JsonObject | undefined,
  isKept: KeyFilter,
): JsonObject | undefined {
  const kept = Object.entries(object ?? {}).filter(([key]) => isKept(key));
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}

interface Leaf {
  readonly step: string;
  readonly mask: Draft;
}

function addPath(root: Draft, path: string): readonly Leaf[] {
  const brace = path.indexOf("{");
  const stem = brace < 0 ? path : path.slice(0, brace - 1);
  const steps = stem.split(".");
  let at = root;
  for (const step of steps) at = descend(at, step);
  if (brace < 0) return [{ step: steps.at(-1) ?? "", mask: at }];
  const names = path.slice(brace + 1, -1).split(",");
  return names.map((step) => ({ step, mask: descend(at, step) }));
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
  return { whole: false, only: undefined, keys: new Map(), items: undefined };
}
