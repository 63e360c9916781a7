import { isScalar, type ScalarTag, Schema } from "yaml";
import { YAML_OPTIONS } from "../yaml-document.ts";
import { type Lines, Unusual } from "./lines.ts";

const SPACE = 0x20;
const TAB = 0x09;
const HASH = 0x23;
const COLON = 0x3a;

/** No plain scalar starts with these, or only in ways that no printer uses. */
const INDICATORS = new Set("-?:,[]{}#&*!|>'\"%@`\t");

/** A value that stands behind a key or dash, up to where its lines end. */
export function readScalar(lines: Lines, outer: number): unknown {
  const { text, at, end } = lines;
  const first = text[at] as string;
  if (first === '"') return oneLine(lines, doubleQuoted(lines, at));
  if (first === "'") return singleQuoted(lines, outer);
  if (first === "|") return literal(lines, outer);
  const rest = end - at === 2 ? text.slice(at, end) : "";
  if (rest === "{}") return oneLine(lines, { value: {}, end });
  if (rest === "[]") return oneLine(lines, { value: [], end });
  const isFlag = first === "-" && at + 1 < end && text.charCodeAt(at + 1) !== SPACE;
  if (INDICATORS.has(first) && !isFlag) throw new Unusual();
  return resolvePlain(folded(lines, outer, plainLine));
}

interface Read {
  readonly value: unknown;
  readonly end: number;
}

function oneLine(lines: Lines, { value, end }: Read): unknown {
  if (end !== lines.end) throw new Unusual();
  const { indent } = lines;
  lines.next();
  // Something deeper would belong to a value that has ended.
  if (lines.indent > indent) throw new Unusual();
  return value;
}

const ESCAPED = /^"(?:[^"\\\t]|\\["\\/bfnrt]|\\u[0-9a-fA-F]{4})*"/;

/** As JSON writes strings; YAML knows more escapes. */
export function doubleQuoted({ text, end }: Lines, at: number): { value: string; end: number } {
  const quoted = ESCAPED.exec(text.slice(at, end))?.[0];
  if (quoted === undefined) throw new Unusual();
  return { value: JSON.parse(quoted) as string, end: at + quoted.length };
}

function singleQuoted(lines: Lines, outer: number): string {
  const quoted = folded(lines, outer, ({ text, at, end }) => text.slice(at, end));
  if (!/^'(?:[^'\t]|'')*'$/.test(quoted)) throw new Unusual();
  return quoted.slice(1, -1).replaceAll("''", "'");
}

/** Lines that are indented deeper go on with it, each break a blank. */
function folded(lines: Lines, outer: number, lineOf: (lines: Lines) => string): string {
  let text = lineOf(lines);
  lines.next();
  for (; lines.indent > outer; lines.next()) {
    if (text.endsWith(" ") || INDICATORS.has(lines.text[lines.at] as string)) throw new Unusual();
    text += ` ${lineOf(lines)}`;
  }
  return text;
}

function plainLine({ text, at, end }: Lines): string {
  for (let index = at; index < end; index++) {
    const code = text.charCodeAt(index);
    if (code === TAB || (code === HASH && text.charCodeAt(index - 1) === SPACE)) {
      throw new Unusual();
    }
    if (code !== COLON) continue;
    if (index + 1 === end || text.charCodeAt(index + 1) === SPACE) throw new Unusual();
  }
  if (text.charCodeAt(end - 1) === SPACE) throw new Unusual();
  return text.slice(at, end);
}

function literal(lines: Lines, outer: number): string {
  const header = lines.text.slice(lines.at, lines.end);
  if (!/^\|[-+]?$/.test(header)) throw new Unusual();
  const block = lines.block(outer);
  if (header === "|+") return `${block.join("\n")}\n`;
  const last = block.findLastIndex((line) => line !== "");
  const stripped = block.slice(0, last + 1).join("\n");
  return header === "|-" ? stripped : `${stripped}\n`;
}

/** The reader's own table of what is a number, a boolean or null. */
const TAGS = new Schema(YAML_OPTIONS).tags.filter(
  (tag): tag is ScalarTag & { test: RegExp } =>
    tag.default === true && "test" in tag && tag.test instanceof RegExp,
);

/** `false` and what means as much: words that are no text are no longer. */
const LONGEST_WORD = 5;

export function resolvePlain(text: string): unknown {
  if (text.length > LONGEST_WORD && /^[A-Za-z_/]/.test(text)) return text;
  const tag = TAGS.find(({ test }) => test.test(text));
  if (tag === undefined) return text;
  const fail = () => {
    throw new Unusual();
  };
  const value = tag.resolve(text, fail, { intAsBigInt: false });
  return isScalar(value) ? value.value : value;
}
