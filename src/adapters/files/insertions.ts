import { isMap, isScalar, type Pair, type ParsedNode, type YAMLMap } from "yaml";
import { jsonEqual } from "../../kubernetes/equality.ts";
import { asObject } from "../../kubernetes/json.ts";
import { keyText, type Located, locate } from "./locate.ts";
import type { Yaml } from "./yaml-document.ts";

/** One value to add to a document. */
export interface Addition {
  /** From the document down. */
  readonly segments: readonly string[];
  readonly value: unknown;
}

/** A key to write into a mapping that stands in the text, with all that goes below it. */
export interface Insertion {
  readonly map: YAMLMap;
  /** What holds the mapping: the pair whose value it is, and the collection around that. */
  readonly pair: Pair | undefined;
  readonly holder: ParsedNode | undefined;
  readonly key: string;
  /** The key stands there already, with null as its value. */
  readonly empty: Pair | undefined;
  readonly value: unknown;
  /** It is reached through an alias or a merge key. */
  readonly shared: boolean;
  readonly additions: readonly Addition[];
}

export interface Folded {
  readonly insertions: readonly Insertion[];
  /** Additions that no insertion stands for. */
  readonly impossible: readonly Addition[];
}

/** Turns additions into as few insertions as possible: what goes below a new key joins it. */
export function foldAdditions(document: Yaml, additions: readonly Addition[]): Folded {
  const insertions: Insertion[] = [];
  const impossible: Addition[] = [];
  for (const addition of additions) {
    const parent = insertions.findIndex((insertion) => isBelow(insertion, addition));
    const joined = parent < 0 ? undefined : join(insertions[parent], addition);
    if (joined !== undefined) insertions[parent] = joined;
    else if (parent >= 0 || !insert(document, addition, insertions)) impossible.push(addition);
  }
  return { insertions, impossible };
}

function insert(document: Yaml, addition: Addition, into: Insertion[]): boolean {
  const parentSegments = addition.segments.slice(0, -1);
  const key = addition.segments.at(-1);
  const parent = locate(document, parentSegments);
  if (key === undefined || parent.depth < parentSegments.length || !isMap(parent.node))
    return false;
  const map: YAMLMap = parent.node;
  const known = into.findIndex((insertion) => insertion.map === map && insertion.key === key);
  const same = into[known];
  if (same !== undefined) {
    // The same place again, through an alias: one insertion serves both.
    if (!jsonEqual(same.value, addition.value)) return false;
    into[known] = { ...same, shared: true, additions: [...same.additions, addition] };
    return true;
  }
  const existing = map.items.find((pair) => keyText(pair.key) === key);
  if (existing !== undefined && !isNull(existing.value)) return false;
  into.push(insertionAt(map, parent, key, existing, addition));
  return true;
}

function insertionAt(
  map: YAMLMap,
  parent: Located,
  key: string,
  empty: Pair | undefined,
  addition: Addition,
): Insertion {
  const { pair, holder, shared } = parent;
  const value = structuredClone(addition.value);
  return { map, pair, holder, key, empty, value, shared, additions: [addition] };
}

function isBelow({ additions }: Insertion, { segments }: Addition): boolean {
  return additions.some(
    (first) =>
      first.segments.length < segments.length &&
      first.segments.every((segment, index) => segment === segments[index]),
  );
}

/** undefined when the new key's value is no mapping, or two aliases would get different values. */
function join(insertion: Insertion | undefined, addition: Addition): Insertion | undefined {
  const first = insertion?.additions[0];
  if (insertion === undefined || first === undefined || insertion.additions.length > 1) {
    return undefined;
  }
  const value = withValue(
    insertion.value,
    addition.segments.slice(first.segments.length),
    addition,
  );
  return value === undefined ? undefined : { ...insertion, value };
}

function withValue(target: unknown, segments: readonly string[], { value }: Addition): unknown {
  const object = asObject(target);
  const [key, ...rest] = segments;
  if (object === undefined || key === undefined) return undefined;
  const child = rest.length === 0 ? value : withValue(object[key], rest, { segments, value });
  return child === undefined ? undefined : { ...object, [key]: child };
}

function isNull(value: unknown): boolean {
  return value === null || value === undefined || (isScalar(value) && value.value === null);
}
