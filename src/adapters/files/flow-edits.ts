import { isMap, isScalar, type Pair, type YAMLMap } from "yaml";
import { asObject } from "../../kubernetes/json.ts";
import type { Insertion } from "./insertions.ts";
import { rangeOf } from "./node-ends.ts";
import { leadingBlanks, lineEnd, lineStart, type TextEdit } from "./text-edit.ts";
import type { Page } from "./write-insertions.ts";
import {
  type FlowStyle,
  flowEntry,
  flowValue,
  type Spread,
  spreadEntry,
  spreadMap,
} from "./write-value.ts";

/** Writes into `{…}`: JSON, or flow style inside YAML. All insertions are of one mapping. */
export function flowEdits(page: Page, insertions: readonly Insertion[]): TextEdit[] | undefined {
  const edits: TextEdit[] = [];
  const added: Insertion[] = [];
  for (const insertion of insertions) {
    if (insertion.empty === undefined) added.push(insertion);
    else edits.push(fillNull(page, insertion, insertion.empty));
  }
  const [first] = added;
  if (first === undefined) return edits;
  const { map } = first;
  const more =
    map.items.length === 0 ? fillBraces(page, map, first, added) : append(page, map, added);
  return more === undefined ? undefined : [...edits, ...more];
}

/** `{}` in flow style, where the mapping around it decides about lines and quotes. */
function fillBraces(
  page: Page,
  map: YAMLMap,
  { pair, holder }: Insertion,
  added: readonly Insertion[],
): TextEdit[] | undefined {
  const [start, end] = rangeOf(map);
  if (page.text.slice(start + 1, end - 1).trim() !== "") return undefined;
  const style = styleOf(page.text, pair);
  const entries = added.map(({ key, value }) => [key, value] as const);
  const at = isMap(holder) && style.json ? spreadOf(page, holder) : undefined;
  const text =
    at === undefined
      ? flowValue(Object.fromEntries(entries), style)
      : spreadMap(entries, style, at);
  return [{ start, end, text, column: 0 }];
}

function append(page: Page, map: YAMLMap, added: readonly Insertion[]): TextEdit[] {
  const { text } = page;
  const last = map.items.at(-1);
  const end = endOfPair(last);
  const style = styleOf(text, last);
  const at = spreadOf(page, map);
  if (at === undefined) {
    const comma = style.compact ? "," : ", ";
    const entries = added.map(({ key, value }) => comma + flowEntry(key, value, style));
    return [insertAt(end, entries.join(""))];
  }
  const lines = added.map(({ key, value }) => {
    const entry = style.json ? spreadEntry(key, value, style, at) : flowEntry(key, value, style);
    return page.eol + at.indent + entry;
  });
  const rest = text.slice(end, lineEnd(text, end));
  const comma = /^[ \t]*,/.exec(rest);
  if (/^[ \t]*(?:,[ \t]*)?(?:#.*)?$/.test(rest)) {
    // The comment behind the last entry stays with it.
    const tail = insertAt(lineEnd(text, end), lines.join(",") + (comma ? "," : ""));
    return comma ? [tail] : [insertAt(end, ","), tail];
  }
  return [insertAt(end, `,${lines.join(",")}`)];
}

function fillNull(page: Page, { value, map }: Insertion, pair: Pair): TextEdit {
  const style = styleOf(page.text, pair);
  const [start, end] = rangeOf(pair.value);
  const at = style.json ? spreadOf(page, map) : undefined;
  const children = at && asObject(value);
  const text = children ? spreadMap(Object.entries(children), style, at) : flowValue(value, style);
  if (end > start) return { start, end, text, column: 0 };
  const keyEnd = rangeOf(pair.key)[1];
  const colon = /^[ \t]*:/.exec(page.text.slice(keyEnd));
  return insertAt(keyEnd + (colon?.[0].length ?? 0), `${colon ? " " : ": "}${text}`);
}

/** How the mapping is spread over lines; undefined when it is on one. */
function spreadOf(page: Page, map: YAMLMap): Spread | undefined {
  const { text, eol } = page;
  const [start] = rangeOf(map);
  const keys = map.items.map(({ key }) => rangeOf(key)[0]);
  const first = keys[0] ?? start;
  if (map.flow !== true || !text.slice(start, first).includes("\n")) return undefined;
  const indent = leadingBlanks(
    text,
    startsLine(text, keys.at(-1) ?? first) ? (keys.at(-1) ?? first) : first,
  );
  const outer = leadingBlanks(text, start);
  const unit =
    indent.startsWith(outer) && indent.length > outer.length ? indent.slice(outer.length) : "  ";
  return { indent, unit, eol };
}

function startsLine(text: string, offset: number): boolean {
  return text.slice(lineStart(text, offset), offset).trim() === "";
}

function styleOf(text: string, pair: Pair | undefined): FlowStyle {
  const key = pair?.key;
  const json = isScalar(key) && key.type === "QUOTE_DOUBLE";
  const [, keyEnd] = rangeOf(key);
  const [valueStart] = rangeOf(pair?.value);
  return { json, compact: json && text.slice(keyEnd, valueStart) === ":" };
}

function endOfPair(pair: Pair | undefined): number {
  const [start, end] = rangeOf(pair?.value);
  return end > start ? end : rangeOf(pair?.key)[1];
}

function insertAt(offset: number, text: string): TextEdit {
  return { start: offset, end: offset, text, column: 0 };
}
