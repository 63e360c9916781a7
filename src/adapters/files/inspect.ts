import { isAlias, isMap, isScalar, isSeq, type Pair, type Scalar } from "yaml";
import { scalarText, type Yaml } from "./yaml-document.ts";

/** Deeper than any real object; also what the engine compares. */
export const MAX_DEPTH = 200;

/** What is wrong with a document that parses, and where. */
export interface Flaw {
  readonly offset: number;
  readonly message: string;
  readonly fix: string;
  /** A mapping as a key, which is how `key: {{ .Values.x }}` parses. */
  readonly mappingKey?: true;
}

/** The first flaw of a document: one walk in linear time, before the value is built. */
export function inspect(document: Yaml): Flaw | undefined {
  const walk = new Walk();
  walk.node(document.contents, 0);
  return walk.flaw;
}

class Walk {
  flaw: Flaw | undefined;
  /** Height of the tree behind each anchor; undefined while the anchor is still open. */
  readonly #anchors = new Map<string, number | undefined>();

  /** Returns the height of the node, aliases counted as what they stand for. */
  node(node: unknown, depth: number): number {
    if (this.flaw !== undefined) return 0;
    if (isAlias(node)) return this.#alias(node.source, node.range?.[0] ?? 0, depth);
    if (!isMap(node) && !isSeq(node)) {
      if (isScalar(node) && node.anchor !== undefined) this.#anchors.set(node.anchor, 0);
      return 0;
    }
    const offset = node.range?.[0] ?? 0;
    if (depth >= MAX_DEPTH) return this.#tooDeep(offset);
    if (node.anchor !== undefined) this.#anchors.set(node.anchor, undefined);
    const height = 1 + (isMap(node) ? this.#map(node.items, depth) : this.#seq(node.items, depth));
    if (node.anchor !== undefined) this.#anchors.set(node.anchor, height);
    return height;
  }

  #map(items: readonly Pair[], depth: number): number {
    const keys = new Set<string>();
    let height = 0;
    for (const { key, value } of items) {
      if (isScalar(key)) this.#key(key, keys);
      else this.#badKey(key);
      height = Math.max(height, this.node(value, depth + 1));
    }
    return height;
  }

  #key(key: Scalar, keys: Set<string>): void {
    const text = scalarText(key.value);
    if (keys.has(text) && key.source !== "<<") {
      this.#report(key.range?.[0], `the key ${text} is there twice`, "keep one of the two");
    }
    keys.add(text);
  }

  #seq(items: readonly unknown[], depth: number): number {
    let height = 0;
    for (const item of items) height = Math.max(height, this.node(item, depth + 1));
    return height;
  }

  #alias(name: string, offset: number, depth: number): number {
    const height = this.#anchors.get(name);
    if (!this.#anchors.has(name)) {
      this.#report(offset, `the alias *${name} has no anchor before it`, `define &${name} above`);
    } else if (height === undefined) {
      this.#report(offset, `the alias *${name} contains itself`, "write the value out");
    } else if (depth + height > MAX_DEPTH) return this.#tooDeep(offset);
    return height ?? 0;
  }

  #badKey(key: unknown): void {
    const offset = isMap(key) || isSeq(key) || isAlias(key) ? key.range?.[0] : undefined;
    this.flaw ??= {
      offset: offset ?? 0,
      message: "a key is not a string",
      fix: "quote the key",
      ...(isMap(key) ? { mappingKey: true } : {}),
    };
  }

  #tooDeep(offset: number): number {
    this.#report(offset, `the document is nested deeper than ${MAX_DEPTH} levels`, "flatten it");
    return 0;
  }

  #report(offset: number | undefined, message: string, fix: string): void {
    this.flaw ??= { offset: offset ?? 0, message, fix };
  }
}
