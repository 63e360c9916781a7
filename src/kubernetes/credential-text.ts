import { isCredentialName } from "./credential-name.ts";
import { isLiteralCredential } from "./credential-reference.ts";
import { asArray, asObject, ownString } from "./json.ts";

/** A value of a configuration file under the name of a credential. */
export interface NamedValue {
  readonly name: string;
  readonly value: string;
  /** From 1; undefined in JSON, which may be one line. */
  readonly line: number | undefined;
}

/** Names that a file may use for keys; anything else in their place is prose or code. */
const plainName = /^[A-Za-z0-9_][A-Za-z0-9_.[\]/-]{0,127}$/;
const COMMENTS = "#;!";
/** Longer lines are data; only their start is looked at. */
const MAX_LINE = 4_096;

/** Literal credentials by name in properties, `.env`, INI, YAML or JSON text. */
export function* credentialsByName(text: string): Iterable<NamedValue> {
  const first = text.trimStart()[0];
  const parsed = first === "{" || first === "[" ? parse(text) : undefined;
  if (parsed !== undefined) {
    yield* credentialsInTree(parsed);
    return;
  }
  let line = 0;
  let start = 0;
  // `- name: DB_PASSWORD` says what the `value:` on the next line is.
  let named = "";
  while (start < text.length) {
    const newline = text.indexOf("\n", start);
    const end = newline < 0 ? text.length : newline;
    line++;
    const pair = pairOf(text.slice(start, Math.min(end, start + MAX_LINE)));
    const name = pair?.name === "value" ? named : pair?.name;
    if (pair !== undefined && name !== undefined && isNamedCredential(name, pair.value)) {
      yield { name, value: pair.value, line };
    }
    named = pair?.name === "name" ? pair.value : "";
    start = end + 1;
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Literal credentials by name anywhere in a value. A list item stands under its list's name. */
function* credentialsInTree(root: unknown): Iterable<NamedValue> {
  const open: { readonly name: string; readonly value: unknown }[] = [{ name: "", value: root }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { name, value } = next;
    const text = textOf(value);
    if (text !== undefined) {
      if (isNamedCredential(name, text)) yield { name, value: text, line: undefined };
      continue;
    }
    for (const item of asArray(value) ?? []) open.push({ name, value: item });
    const object = asObject(value);
    if (object === undefined) continue;
    const given = ownString(object, "name") ?? ownString(object, "key");
    for (const [key, child] of Object.entries(object)) {
      open.push({ name: key === "value" && given !== undefined ? given : key, value: child });
    }
  }
}

/** Numbers are passwords too: 123456 is a popular one. */
export function textOf(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  return typeof value === "number" ? String(value) : undefined;
}

function isNamedCredential(name: string, value: string): boolean {
  return isCredentialName(name) && plainName.test(name) && isLiteralCredential(value);
}

/** `key=value`, `key: value`, `export KEY=value`, `- "key": "value",`. */
function pairOf(line: string): { name: string; value: string } | undefined {
  const text = line.trim();
  if (text === "" || COMMENTS.includes(text[0] ?? "") || text.startsWith("//")) return undefined;
  const at = separatorOf(text);
  if (at < 0) return undefined;
  const value = literalOf(text.slice(at + 1));
  return value === undefined ? undefined : { name: nameOf(text.slice(0, at)), value };
}

function separatorOf(text: string): number {
  const colon = text.indexOf(":");
  const equals = text.indexOf("=");
  if (colon < 0 || equals < 0) return Math.max(colon, equals);
  return Math.min(colon, equals);
}

function nameOf(left: string): string {
  let name = left.trim();
  for (const prefix of ["- ", "export ", "{", "set "]) {
    if (name.startsWith(prefix)) name = name.slice(prefix.length).trimStart();
  }
  return unquoted(name);
}

/** undefined for what is not a literal: an anchor, a tag, a block, a call, a shell variable. */
function literalOf(right: string): string | undefined {
  let text = right.startsWith("=") ? right.slice(1).trim() : right.trim();
  if (text.endsWith(",") || text.endsWith(";")) text = text.slice(0, -1).trimEnd();
  if (text === "null" || text === "~" || text === "{}" || text === "[]" || text === "''") {
    return undefined;
  }
  const isQuoted = text.startsWith('"') || text.startsWith("'");
  if (isQuoted) return unquoted(text);
  if ("*&!|>[{$(#".includes(text[0] ?? "") || text.includes("(")) return undefined;
  const comment = text.indexOf(" #");
  return comment < 0 ? text : text.slice(0, comment).trimEnd();
}

function unquoted(text: string): string {
  const quote = text[0];
  if (quote !== '"' && quote !== "'") return text;
  const end = text.indexOf(quote, 1);
  return end < 0 ? text.slice(1) : text.slice(1, end);
}
