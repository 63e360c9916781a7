import { asObject, type JsonObject, own, ownArray, ownObject, ownString } from "./json.ts";
import { isTerminating, nameOf, specOf } from "./object.ts";
import { compareQuantities, type Quantity } from "./quantity.ts";
import { parseResource, type ResourceListName } from "./resources.ts";

/** Quantities by resource name. */
export type Amounts = ReadonlyMap<string, Quantity>;

/** One entry of spec.limits; defaults are empty for type Pod. */
export interface LimitRangeItem {
  readonly type: "Container" | "Pod";
  readonly min: Amounts;
  readonly max: Amounts;
  /** Limit divided by request must not exceed it. */
  readonly maxRatio: Amounts;
  readonly defaults: Readonly<Record<ResourceListName, Amounts>>;
}

export interface LimitRange {
  readonly name: string;
  /** Items about containers and Pods; PersistentVolumeClaims are left out. */
  readonly items: readonly LimitRangeItem[];
}

/** What a container gets for a key that it does not write. */
export interface LimitRangeDefault {
  readonly value: Quantity;
  readonly from: string;
  /** Set when LimitRanges disagree; the API server applies them in no particular order. */
  readonly rivals?: readonly string[];
}

const known = new WeakMap<JsonObject, LimitRange>();
const NONE: Amounts = new Map();

/**
 * Reads a LimitRange and lays its own defaults in, as the API does on write: max is the default
 * limit, the default limit the default request, min the default request (SetDefaults_LimitRangeItem).
 * Results are remembered per object, as long as it lives.
 */
export function limitRangeOf(raw: JsonObject): LimitRange {
  let range = known.get(raw);
  if (range === undefined) {
    range = { name: nameOf(raw) ?? "", items: itemsOf(raw) };
    known.set(raw, range);
  }
  return range;
}

/** LimitRanges in force; one that is being deleted no longer counts. */
export function limitRangesOf(objects: Iterable<JsonObject>): readonly LimitRange[] {
  let ranges: LimitRange[] | undefined;
  for (const raw of objects) {
    if (isTerminating(raw)) continue;
    ranges ??= [];
    ranges.push(limitRangeOf(raw));
  }
  return ranges ?? NO_RANGES;
}

const NO_RANGES: readonly LimitRange[] = [];

/** The default that LimitRanger puts in for an absent key; undefined when there is none. */
export function limitRangeDefault(
  ranges: readonly LimitRange[],
  list: ResourceListName,
  resource: string,
): LimitRangeDefault | undefined {
  let found: LimitRangeDefault | undefined;
  for (const { name, items } of ranges) {
    for (const { defaults } of items) {
      const value = defaults[list].get(resource);
      if (value === undefined) continue;
      if (found === undefined) found = { value, from: name };
      else if (compareQuantities(found.value, value) !== 0) {
        found = { ...found, rivals: [...(found.rivals ?? [found.from]), name] };
      }
    }
  }
  return found;
}

function itemsOf(raw: JsonObject): readonly LimitRangeItem[] {
  const items: LimitRangeItem[] = [];
  for (const entry of ownArray(specOf(raw), "limits")) {
    const item = asObject(entry);
    const type = ownString(item, "type");
    if (item !== undefined && (type === "Container" || type === "Pod")) {
      items.push(itemOf(item, type));
    }
  }
  return items;
}

function itemOf(item: JsonObject, type: LimitRangeItem["type"]): LimitRangeItem {
  const min = amountsOf(item, "min");
  const max = amountsOf(item, "max");
  const maxRatio = amountsOf(item, "maxLimitRequestRatio");
  if (type === "Pod")
    return { type, min, max, maxRatio, defaults: { requests: NONE, limits: NONE } };
  const limits = merged(amountsOf(item, "default"), max);
  const requests = merged(amountsOf(item, "defaultRequest"), limits, min);
  return { type, min, max, maxRatio, defaults: { requests, limits } };
}

/** The first list that has a key decides. */
function merged(...lists: readonly Amounts[]): Amounts {
  const result = new Map<string, Quantity>();
  for (const list of lists) {
    for (const [key, value] of list) if (!result.has(key)) result.set(key, value);
  }
  return result;
}

function amountsOf(item: JsonObject, key: string): Amounts {
  return readAmounts(ownObject(item, key));
}

/** A resource list as quantities; values that are none are left out. */
export function readAmounts(list: JsonObject | undefined): Map<string, Quantity> {
  const amounts = new Map<string, Quantity>();
  for (const key of Object.keys(list ?? {})) {
    const value = parseResource(own(list, key));
    if (value !== undefined) amounts.set(key, value);
  }
  return amounts;
}
