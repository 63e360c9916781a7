import {
  type Document,
  isMap,
  isNode,
  isSeq,
  LineCounter,
  parseDocument,
  type YAMLError,
} from "yaml";
import type { Mistake, Path, Position } from "./problem.ts";
import { plainValue } from "./yaml-value.ts";

/** The largest document accepted, in UTF-16 units: what fits in a ConfigMap. */
const MAX_TEXT = 1024 * 1024;

/** One slip can upset the parser many times over. */
const MAX_FAULTS = 10;

const TOP: Position = { line: 1, column: 1 };

/** One YAML document as plain data, with the way back to its lines. */
export interface YamlSource {
  /** undefined when there is nothing to work with: no text, or beyond repair. */
  readonly value: unknown;
  readonly mistakes: readonly Mistake[];
  /** Of the key or list item at the path, else of its nearest existing parent. */
  locate(path: Path): Position;
}

/** Reads untrusted text. Never throws; several mistakes come at once. */
export function readYaml(text: string): YamlSource {
  if (text.length > MAX_TEXT) return broken("is larger than 1 MiB", TOP);
  const lines = new LineCounter();
  let document: Document.Parsed;
  try {
    document = parseDocument(text, {
      lineCounter: lines,
      prettyErrors: false,
      // Found below, all of them and in linear time.
      uniqueKeys: false,
      logLevel: "error",
    });
  } catch (error) {
    return broken(error instanceof RangeError ? "is nested too deeply" : "is not YAML", TOP);
  }
  const positionAt = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  // The parser meets its own stack overflow and reports it as a syntax error.
  if (document.errors.some(({ message }) => message.includes("call stack"))) {
    return broken("is nested too deeply", TOP);
  }
  const faults = [...document.errors, ...document.warnings].slice(0, MAX_FAULTS);
  const mistakes = faults.map((error) => syntaxMistake(error, positionAt));
  const { value, mistakes: more } = plainValue(document, positionAt);
  // A syntax error leaves guesses behind; judging them would only confuse.
  const usable = document.errors.length === 0;
  return {
    value: usable ? value : undefined,
    mistakes: usable ? [...mistakes, ...more] : mistakes,
    locate: (path) => locate(document, path, positionAt),
  };
}

function broken(message: string, at: Position): YamlSource {
  return { value: undefined, mistakes: [{ path: [], message, at }], locate: () => at };
}

function syntaxMistake(error: YAMLError, positionAt: (offset: number) => Position): Mistake {
  return { path: [], message: syntaxMessage(error), at: positionAt(error.pos[0]) };
}

function syntaxMessage(error: YAMLError): string {
  switch (error.code) {
    case "MULTIPLE_DOCS":
      return "holds a second YAML document: keep one per file";
    case "BAD_ALIAS":
      return 'is not valid YAML: quote a glob that starts with *, as in "*-legacy"';
    case "TAB_AS_INDENT":
      return "is indented with a tab: YAML wants spaces";
    default:
      return `is not valid YAML: ${error.message}`;
  }
}

function locate(
  document: Document.Parsed,
  path: Path,
  positionAt: (offset: number) => Position,
): Position {
  let node: unknown = document.contents;
  let offset = rangeStart(node) ?? 0;
  for (const part of path) {
    let next: unknown;
    let start: number | undefined;
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => keyText(key) === String(part));
      next = pair?.value;
      start = rangeStart(pair?.key);
    } else if (isSeq(node)) {
      next = node.items[Number(part)];
      start = rangeStart(next);
    }
    if (start === undefined) break;
    offset = start;
    node = next;
  }
  return positionAt(offset);
}

function keyText(key: unknown): string | undefined {
  return isNode(key) && "value" in key ? String(key.value) : undefined;
}

function rangeStart(node: unknown): number | undefined {
  return isNode(node) ? (node.range?.[0] ?? undefined) : undefined;
}
