import {
  type Document,
  isMap,
  isNode,
  isScalar,
  isSeq,
  type Node,
  Pair,
  visit,
  type YAMLMap,
  type YAMLSeq,
} from "yaml";
import { jsonEqual } from "../kubernetes/equality.ts";
import { asArray, asObject, type JsonObject, own } from "../kubernetes/json.ts";

/**
 * Gives a YAML document other contents. What stays keeps its comments and style; list items are
 * recognised by `name`.
 */
export function setContents(document: Document, value: JsonObject): void {
  document.contents = fitted(document, document.contents, value);
}

function fitted(document: Document, node: unknown, value: unknown): Node {
  const map = asObject(value);
  if (isMap(node) && map !== undefined) return fitMap(document, node, map);
  const items = asArray(value);
  if (isSeq(node) && items !== undefined) return fitSeq(document, node, items);
  if (isScalar(node) && node.value === value) return node;
  const fresh = create(document, value);
  if (isNode(node)) {
    if (node.comment && isScalar(fresh)) fresh.comment = node.comment;
    if (node.commentBefore) fresh.commentBefore = node.commentBefore;
  }
  return fresh;
}

function fitMap(document: Document, node: YAMLMap, value: JsonObject): YAMLMap {
  const pairs = new Map(node.items.map((pair) => [keyOf(pair.key), pair]));
  const keys = Object.keys(value).filter((key) => value[key] !== undefined);
  const kept = [...pairs.keys()].filter((key) => keys.includes(key));
  const added = keys.filter((key) => !pairs.has(key));
  node.items = [...kept, ...added].map((key) => {
    const pair = pairs.get(key);
    if (pair === undefined) return new Pair(document.createNode(key), create(document, value[key]));
    pair.value = fitted(document, pair.value, value[key]);
    return pair;
  });
  // An empty map is written `{}`; what is put into it reads better on lines of its own.
  if (kept.length === 0 && added.length > 0) node.flow = false;
  return node;
}

function fitSeq(document: Document, node: YAMLSeq, value: readonly unknown[]): YAMLSeq {
  if (jsonEqual(node.toJSON(), value)) return node;
  const wasEmpty = node.items.length === 0;
  const named = new Map(
    node.items.map((item) => [isMap(item) ? item.get("name") : undefined, item]),
  );
  node.items = value.map((part) => {
    const name = own(asObject(part), "name");
    return fitted(document, name === undefined ? undefined : named.get(name), part);
  });
  if (value.length > 0 && wasEmpty) node.flow = false;
  return node;
}

/** Block style, but lists of plain values on one line. */
function create(document: Document, value: unknown): Node {
  const node = document.createNode(value, { aliasDuplicateObjects: false });
  visit(node, {
    Seq: (_key, seq) => {
      if (seq.items.every(isScalar)) seq.flow = true;
    },
  });
  return node;
}

function keyOf(key: unknown): string {
  return isScalar(key) ? String(key.value) : String(key);
}
