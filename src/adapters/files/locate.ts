import { isAlias, isMap, isScalar, isSeq, type Pair, type ParsedNode, type YAMLMap } from "yaml";
import { scalarText, type Yaml } from "./yaml-document.ts";

/** How far a JSON pointer leads into a syntax tree. */
export interface Located {
  /** Of the key or list item that was reached last. */
  readonly offset: number;
  /** What stands there, aliases resolved; undefined for an empty document. */
  readonly node: ParsedNode | undefined;
  /** The pair that holds it, when it is the value of a key. */
  readonly pair: Pair | undefined;
  /** The collection around the pair or item. */
  readonly holder: ParsedNode | undefined;
  /** How many segments exist. */
  readonly depth: number;
  /** An alias, a merge key or an anchor is on the way: other places may show the same text. */
  readonly shared: boolean;
}

interface Step {
  readonly node: unknown;
  readonly pair: Pair | undefined;
  readonly offset: number | undefined;
  readonly shared: boolean;
}

/** Walks down as far as the segments exist. */
export function locate(document: Yaml, segments: readonly string[]): Located {
  let { node, shared } = resolve(document, document.contents);
  let offset = node?.range[0] ?? 0;
  let pair: Pair | undefined;
  let holder: ParsedNode | undefined;
  let depth = 0;
  for (const segment of segments) {
    const step = stepInto(document, node, segment);
    if (step === undefined) break;
    const resolved = resolve(document, step.node);
    holder = node;
    node = resolved.node;
    shared ||= step.shared || resolved.shared;
    offset = step.offset ?? offset;
    pair = step.pair;
    depth++;
  }
  return { offset, node, pair, holder, depth, shared };
}

function stepInto(document: Yaml, node: unknown, segment: string): Step | undefined {
  if (isSeq(node)) {
    const item = node.items[Number(segment)];
    const offset = rangeStart(item);
    return item === undefined ? undefined : { node: item, pair: undefined, offset, shared: false };
  }
  return isMap(node) ? findKey(document, node, segment, 0) : undefined;
}

/** Own keys win over merged ones, as in every YAML reader. */
function findKey(document: Yaml, map: YAMLMap, segment: string, merges: number): Step | undefined {
  const pair = map.items.find(({ key }) => keyText(key) === segment);
  if (pair !== undefined) {
    return { node: pair.value, pair, offset: rangeStart(pair.key), shared: merges > 0 };
  }
  if (merges > MAX_MERGES) return undefined;
  for (const { key, value } of map.items) {
    if (!isMergeKey(key)) continue;
    for (const source of isSeq(value) ? value.items : [value]) {
      const { node } = resolve(document, source);
      const found = isMap(node) ? findKey(document, node, segment, merges + 1) : undefined;
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

const MAX_MERGES = 50;

function resolve(document: Yaml, node: unknown): { node: ParsedNode | undefined; shared: boolean } {
  const anchored = (isMap(node) || isSeq(node)) && node.anchor !== undefined;
  const shared = anchored || isAlias(node);
  const target = isAlias(node) ? node.resolve(document) : node;
  return { node: (target ?? undefined) as ParsedNode | undefined, shared };
}

export function keyText(key: unknown): string | undefined {
  return isScalar(key) ? scalarText(key.value) : undefined;
}

function isMergeKey(key: unknown): boolean {
  return isScalar(key) && key.source === "<<";
}

function rangeStart(node: unknown): number | undefined {
  return isMap(node) || isSeq(node) || isScalar(node) || isAlias(node)
    ? node.range?.[0]
    : undefined;
}
