import { MAX_DEPTH } from "../inspect.ts";
import { Lines, Unusual } from "./lines.ts";
import { doubleQuoted, readScalar, resolvePlain } from "./scalars.ts";

type Plain = { readonly value: unknown } | undefined;

const DASH = 0x2d;
const SPACE = 0x20;

/** Which printers of YAML write as they are; all others are quoted. */
const KEY = /[A-Za-z0-9_./][A-Za-z0-9_./:-]*(?=:(?:[ \n]|$))/y;

/**
 * The value of a text that is written as kubectl prints: block maps and lists, scalars, nothing that
 * one node says about another. undefined for every other text, right or wrong: only the whole reader
 * knows. Many times as fast as that one, which keeps places and trivia of all there is.
 */
export function readPlainYaml(text: string): Plain {
  // Line ends of other kinds, control characters, a mark of the byte order.
  if (/[^\n\t -~\u00a0-\u2027\u202a-\ufefe\uff00-\uffff]/.test(text)) return undefined;
  try {
    const lines = new Lines(text);
    const value = readBlock(lines, 0);
    return lines.indent < 0 ? { value } : undefined;
  } catch (error) {
    if (error instanceof Unusual) return undefined;
    throw error;
  }
}

function readBlock(lines: Lines, depth: number): unknown {
  if (lines.indent < 0 || depth > MAX_DEPTH / 2) throw new Unusual();
  return isItem(lines) ? readList(lines, depth) : readMap(lines, depth);
}

function isItem({ text, at }: Lines): boolean {
  return text.charCodeAt(at) === DASH && text.charCodeAt(at + 1) === SPACE;
}

function readList(lines: Lines, depth: number): unknown[] {
  const { indent } = lines;
  const list: unknown[] = [];
  while (lines.indent === indent && isItem(lines)) {
    lines.at += 2;
    const first = lines.text.charCodeAt(lines.at);
    if (first === SPACE || isItem(lines)) throw new Unusual();
    if (keyAt(lines) === undefined) list.push(readScalar(lines, indent));
    else {
      lines.indent += 2;
      list.push(readMap(lines, depth + 1));
    }
  }
  if (lines.indent > indent) throw new Unusual();
  return list;
}

function readMap(lines: Lines, depth: number): object {
  const { indent } = lines;
  const map: Record<string, unknown> = {};
  while (lines.indent === indent && !isItem(lines)) {
    const key = keyAt(lines);
    if (key === undefined || key.text === "__proto__" || Object.hasOwn(map, key.text)) {
      throw new Unusual();
    }
    map[key.text] = readValue(lines, key.end + 1, depth);
  }
  if (lines.indent > indent) throw new Unusual();
  return map;
}

/** Behind the colon of a key. */
function readValue(lines: Lines, at: number, depth: number): unknown {
  const { indent } = lines;
  if (at < lines.end) {
    lines.at = at + 1;
    if (lines.at >= lines.end || lines.text.charCodeAt(lines.at) === SPACE) throw new Unusual();
    return readScalar(lines, indent);
  }
  lines.next();
  // A list may stand as far left as its key.
  if (lines.indent > indent || (lines.indent === indent && isItem(lines))) {
    return readBlock(lines, depth + 1);
  }
  return null;
}

/** The key that the rest of the line starts with, and where its colon is. */
function keyAt(lines: Lines): { readonly text: string; readonly end: number } | undefined {
  const { text, at, end } = lines;
  if (text[at] === '"') {
    const quoted = doubleQuoted(lines, at);
    const next = text.charCodeAt(quoted.end + 1);
    const isKey = text[quoted.end] === ":" && (quoted.end + 1 === end || next === SPACE);
    return isKey ? { text: quoted.value, end: quoted.end } : undefined;
  }
  KEY.lastIndex = at;
  const plain = KEY.exec(text)?.[0];
  if (plain === undefined) return undefined;
  if (typeof resolvePlain(plain) !== "string") throw new Unusual();
  return { text: plain, end: at + plain.length };
}
