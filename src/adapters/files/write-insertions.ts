import { isMap, isScalar, isSeq, type Pair, type Scalar, type YAMLMap } from "yaml";
import { asObject } from "../../kubernetes/json.ts";
import { flowEdits } from "./flow-edits.ts";
import type { Insertion } from "./insertions.ts";
import { belowInnerComments, endOf, rangeOf } from "./node-ends.ts";
import { leadingBlanks, lineEnd, lineEndingOf, lineStart, type TextEdit } from "./text-edit.ts";
import { blockLines, flowValue } from "./write-value.ts";

/** The document's text and what has to be known of it once. */
export interface Page {
  readonly text: string;
  readonly eol: string;
  /** One level of indentation in block style. */
  readonly step: string;
}

export function pageOf(text: string, root: unknown): Page {
  return { text, eol: lineEndingOf(text), step: " ".repeat(stepOf(text, root) ?? 2) };
}

/** The edits that write insertions of one mapping; undefined where there is no safe way. */
export function editsFor(page: Page, insertions: readonly Insertion[]): TextEdit[] | undefined {
  const [first] = insertions;
  if (first === undefined) return [];
  const { map } = first;
  if (map.flow !== true) return insertions.flatMap((insertion) => blockEdits(page, insertion));
  if (map.items.length === 0 && first.pair !== undefined && isBlockMap(first.holder)) {
    return openEmptyMap(page, first.pair, map, insertions);
  }
  return flowEdits(page, insertions);
}

function blockEdits(page: Page, insertion: Insertion): TextEdit[] {
  const { map, key, value, empty } = insertion;
  const firstKey = map.items[0]?.key;
  const column = isScalar(firstKey) ? columnOf(page.text, startOf(firstKey)) : 0;
  const indent = " ".repeat(column);
  if (empty !== undefined) return fillEmptyKey(page, empty, value, column);
  return [
    insertLines(page, endOf(map, page.text), blockLines([[key, value]], indent, page.step), column),
  ];
}

/** `resources: {}` becomes a block: the braces go, what is to be in them comes below. */
function openEmptyMap(
  page: Page,
  pair: Pair,
  map: YAMLMap,
  insertions: readonly Insertion[],
): TextEdit[] | undefined {
  const [start, end] = map.range ?? [0, 0];
  const key = pair.key;
  if (!isScalar(key) || page.text.slice(start + 1, end - 1).trim() !== "") return undefined;
  const column = columnOf(page.text, startOf(key)) + page.step.length;
  const entries = insertions.map(({ key, value }) => [key, value] as const);
  const lines = blockLines(entries, " ".repeat(column), page.step);
  return [erase(page.text, start, end), insertLines(page, end, lines, column)];
}

/** `resources:` without a value gets one. */
function fillEmptyKey(page: Page, pair: Pair, value: unknown, keyColumn: number): TextEdit[] {
  const keyEnd = rangeOf(pair.key)[1];
  const [start, end] = rangeOf(pair.value);
  const written = end > start;
  const children = asObject(value);
  if (children === undefined) {
    const text = flowValue(value, { json: false, compact: false });
    if (written) return [{ start, end, text, column: 0 }];
    const colon = page.text.indexOf(":", keyEnd) + 1;
    return [{ start: colon, end: colon, text: ` ${text}`, column: 0 }];
  }
  const column = keyColumn + page.step.length;
  const lines = blockLines(Object.entries(children), " ".repeat(column), page.step);
  const insertion = insertLines(page, written ? end : keyEnd, lines, column);
  return written ? [erase(page.text, start, end), insertion] : [insertion];
}

/** Removes a value with the blanks before it, and its line where nothing else is on it. */
function erase(text: string, start: number, end: number): TextEdit {
  let from = start;
  while (from > 0 && (text[from - 1] === " " || text[from - 1] === "\t")) from--;
  if (text[from - 1] === "\n" && lineEnd(text, end) === end) {
    from -= text[from - 2] === "\r" ? 2 : 1;
  }
  return { start: from, end, text: "", column: 0 };
}

/** Below what is written there, and below the comments that belong to its inner blocks. */
function insertLines(
  page: Page,
  after: number,
  lines: readonly string[],
  column: number,
): TextEdit {
  const at = belowInnerComments(page.text, lineEnd(page.text, after), column);
  return { start: at, end: at, text: lines.map((line) => page.eol + line).join(""), column };
}

function isBlockMap(node: unknown): boolean {
  return isMap(node) && node.flow !== true;
}

function startOf(node: Scalar): number {
  return node.range?.[0] ?? 0;
}

function columnOf(text: string, offset: number): number {
  return offset - lineStart(text, offset);
}

/** How far the first nested block mapping is indented below its key. */
function stepOf(text: string, node: unknown): number | undefined {
  if (isSeq(node)) return firstOf(node.items, (item) => stepOf(text, item));
  if (!isMap(node) || node.flow === true) return undefined;
  return firstOf(node.items, ({ key, value }) => {
    const child = isMap(value) && value.flow !== true ? value.items[0]?.key : undefined;
    if (!isScalar(child) || !isScalar(key)) return stepOf(text, value);
    const step = columnOf(text, startOf(child)) - columnOf(text, startOf(key));
    return step > 0 && leadingBlanks(text, startOf(child)).length > 0 ? step : undefined;
  });
}

function firstOf<T>(
  items: readonly T[],
  find: (item: T) => number | undefined,
): number | undefined {
  for (const item of items) {
    const found = find(item);
    if (found !== undefined) return found;
  }
  return undefined;
}
