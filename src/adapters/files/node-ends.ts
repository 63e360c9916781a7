import { isMap, isNode, isScalar, isSeq, type Pair, type Scalar } from "yaml";
import { lineEnd } from "./text-edit.ts";

/** Start and end of what is written for a node; both 0 when nothing is. */
export function rangeOf(node: unknown): readonly [start: number, end: number] {
  return isNode(node) && node.range ? [node.range[0], node.range[1]] : [0, 0];
}

/** Where the last thing written in a node ends; comments after it do not count. */
export function endOf(node: unknown, text: string): number {
  if (isMap(node) && node.flow !== true) return endOfPair(node.items.at(-1), text);
  if (isSeq(node) && node.flow !== true) return endOf(node.items.at(-1), text);
  if (isScalar(node) && isBlockScalar(node)) return endOfBlockScalar(node, text);
  return rangeOf(node)[1];
}

function endOfPair(pair: Pair | undefined, text: string): number {
  const keyEnd = rangeOf(pair?.key)[1];
  const [start, end] = rangeOf(pair?.value);
  return end > start ? endOf(pair?.value, text) : keyEnd;
}

/** Its range ends behind its last line ending. */
function endOfBlockScalar(node: Scalar, text: string): number {
  let [, end] = rangeOf(node);
  if (text[end - 1] === "\n") end--;
  if (text[end - 1] === "\r") end--;
  return end;
}

function isBlockScalar(node: Scalar): boolean {
  return node.type === "BLOCK_LITERAL" || node.type === "BLOCK_FOLDED";
}

/** The end of the last comment line that is indented deeper than a column. */
export function belowInnerComments(text: string, from: number, column: number): number {
  let at = from;
  for (let end = from; end < text.length; ) {
    const start = text.indexOf("\n", end) + 1;
    end = start === 0 ? text.length : lineEnd(text, start);
    const line = text.slice(start, end);
    const comment = line.trimStart();
    if (start === 0 || (comment !== "" && !comment.startsWith("#"))) break;
    if (comment === "") continue;
    if (line.length - comment.length <= column) break;
    at = end;
  }
  return at;
}
