import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Pair,
  type Scalar,
} from "yaml";
import type { Mistake, Path, Position } from "./problem.ts";

/** More than any real document needs; what a bomb of nested aliases runs into. */
const MAX_ALIASES = 100;
const MAX_DEPTH = 50;

export interface PlainValue {
  readonly value: unknown;
  readonly mistakes: readonly Mistake[];
}

interface Walk {
  readonly document: Document.Parsed;
  readonly positionAt: (offset: number) => Position;
  readonly mistakes: Mistake[];
  aliases: number;
  /** Set when the whole document is refused. */
  refused: string | undefined;
}

/** The document as JSON-like data. Keys are own properties, aliases are written out. */
export function plainValue(
  document: Document.Parsed,
  positionAt: (offset: number) => Position,
): PlainValue {
  const walk: Walk = { document, positionAt, mistakes: [], aliases: 0, refused: undefined };
  const value = convert(walk, document.contents, []);
  if (walk.refused === undefined) return { value, mistakes: walk.mistakes };
  const mistake = { path: [], message: walk.refused, at: positionAt(0) };
  return { value: undefined, mistakes: [mistake] };
}

function convert(walk: Walk, node: unknown, path: Path): unknown {
  if (path.length > MAX_DEPTH) walk.refused = `is nested deeper than ${MAX_DEPTH} levels`;
  if (walk.refused !== undefined) return undefined;
  if (isAlias(node)) return convertAlias(walk, node, path);
  if (isMap(node)) return convertMap(walk, node.items, path);
  if (isSeq(node)) return node.items.map((item, index) => convert(walk, item, [...path, index]));
  return isScalar(node) ? convertScalar(walk, node, path) : null;
}

function convertAlias(walk: Walk, alias: Alias, path: Path): unknown {
  walk.aliases++;
  if (walk.aliases > MAX_ALIASES) {
    walk.refused = `uses more than ${MAX_ALIASES} aliases`;
    return undefined;
  }
  const node = alias.resolve(walk.document);
  if (node !== undefined) return convert(walk, node, path);
  const message = `*${alias.source} has no anchor: quote a glob that starts with *`;
  walk.mistakes.push({ path, message });
  return undefined;
}

function convertMap(walk: Walk, pairs: readonly Pair[], path: Path): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  const seen = new Map<string, number>();
  for (const { key, value } of pairs) {
    if (!isScalar(key)) {
      walk.mistakes.push({ path, message: "has a key that is not plain text" });
      continue;
    }
    const name = String(key.value);
    const position = walk.positionAt(key.range?.[0] ?? 0);
    const first = seen.get(name);
    if (first !== undefined || name === "__proto__") {
      const message =
        first === undefined ? "is not a usable key" : `is written twice, first on line ${first}`;
      walk.mistakes.push({ path: [...path, name], message, at: position });
      continue;
    }
    seen.set(name, position.line);
    result[name] = convert(walk, value, [...path, name]);
  }
  return result;
}

function convertScalar(walk: Walk, { value, source }: Scalar, path: Path): unknown {
  if (typeof value === "number" && !isExact(value)) {
    walk.mistakes.push({ path, message: `is not a number that can be kept: ${source ?? value}` });
    return undefined;
  }
  const plain = value === null || ["string", "number", "boolean"].includes(typeof value);
  if (plain) return value;
  walk.mistakes.push({ path, message: "is neither text, number, true, false, list nor map" });
  return undefined;
}

function isExact(value: number): boolean {
  return Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value));
}
