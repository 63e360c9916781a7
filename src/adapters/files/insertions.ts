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
  /** The additions of the key itself: several when aliases lead to it. */
  readonly places: readonly Addition[];
  /** All that it stands for: the places, and what goes below the key. */
  readonly members: readonly Addition[];
}

export interface Folded {
  readonly insertions: readonly Insertion[];
  /** Additions that no insertion stands for. */
  readonly impossible: readonly Addition[];
}

/** Turns additions into as few insertions as possible: what goes below a new key joins it. */
export function foldAdditions(document: Yaml, additions: readonly Addition[]): Folded {
  const fold = new Fold(document);
  for (const addition of additions) fold.add(addition);
  return fold;
}

class Fold implements Folded {
  readonly insertions: Insertion[] = [];
  readonly impossible: Addition[] = [];
  readonly #document: Yaml;
  /** Index of the insertion that brings a path. */
  readonly #byPath = new Map<string, number>();
  readonly #byMap = new Map<YAMLMap, Map<string, number>>();

  constructor(document: Yaml) {
    this.#document = document;
  }

  add(addition: Addition): void {
    const parent = this.#insertionAbove(addition.segments);
    const joined = parent === undefined ? undefined : join(this.insertions[parent], addition);
    if (parent !== undefined && joined !== undefined) this.insertions[parent] = joined;
    else if (parent !== undefined || !this.#insert(addition)) this.impossible.push(addition);
  }

  #insertionAbove(segments: readonly string[]): number | undefined {
    for (let length = 1; length < segments.length; length++) {
      const found = this.#byPath.get(pathKey(segments.slice(0, length)));
      if (found !== undefined) return found;
    }
    return undefined;
  }

  #insert(addition: Addition): boolean {
    const parentSegments = addition.segments.slice(0, -1);
    const key = addition.segments.at(-1);
    const parent = locate(this.#document, parentSegments);
    const map = parent.node;
    if (key === undefined || parent.depth < parentSegments.length || !isMap(map)) return false;
    const keys = this.#byMap.get(map) ?? new Map<string, number>();
    this.#byMap.set(map, keys);
    const known = keys.get(key);
    const same = known === undefined ? undefined : this.insertions[known];
    if (known !== undefined && same !== undefined) {
      // The same place again, through an alias: one insertion serves both.
      if (!jsonEqual(same.value, addition.value)) return false;
      const places = [...same.places, addition];
      this.insertions[known] = {
        ...same,
        shared: true,
        places,
        members: [...same.members, addition],
      };
      return true;
    }
    const existing = map.items.find((pair) => keyText(pair.key) === key);
    if (existing !== undefined && !isNull(existing.value)) return false;
    keys.set(key, this.insertions.length);
    this.#byPath.set(pathKey(addition.segments), this.insertions.length);
    this.insertions.push(insertionAt(map, parent, key, existing, addition));
    return true;
  }
}

function pathKey(segments: readonly string[]): string {
  return JSON.stringify(segments);
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
  return { map, pair, holder, key, empty, value, shared, places: [addition], members: [addition] };
}

/** undefined when the new key's value is no mapping, or two aliases would get different values. */
function join(insertion: Insertion | undefined, addition: Addition): Insertion | undefined {
  const first = insertion?.places[0];
  if (insertion === undefined || first === undefined || insertion.places.length > 1) {
    return undefined;
  }
  const value = withValue(
    insertion.value,
    addition.segments.slice(first.segments.length),
    addition,
  );
  return value === undefined
    ? undefined
    : { ...insertion, value, members: [...insertion.members, addition] };
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
