import { asObject } from "../../kubernetes/json.ts";

/** How values are written into a flow collection. */
export interface FlowStyle {
  /** Double quotes around keys and strings. */
  readonly json: boolean;
  /** No blank after `:` and `,`. */
  readonly compact: boolean;
}

/** How a flow collection is spread over lines. */
export interface Spread {
  readonly indent: string;
  readonly unit: string;
  readonly eol: string;
}

const PLAIN_WORD = /^[A-Za-z_][A-Za-z0-9_./-]*$/;
const PLAIN_QUANTITY = /^(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[numkMGTPE]|[KMGTPE]i)$/;
/** Words that some YAML reader takes for something else than a string. */
const RESERVED = /^(?:true|false|yes|no|on|off|y|n|null)$/i;

/** Lines of a block mapping, without the first line's ending. */
export function blockLines(
  entries: Iterable<readonly [string, unknown]>,
  indent: string,
  step: string,
): string[] {
  const lines: string[] = [];
  for (const [key, value] of entries) {
    const children = Object.entries(asObject(value) ?? {});
    if (children.length > 0) {
      lines.push(`${indent}${yamlString(key)}:`, ...blockLines(children, indent + step, step));
    } else lines.push(`${indent}${yamlString(key)}: ${flowValue(value, YAML_FLOW)}`);
  }
  return lines;
}

const YAML_FLOW: FlowStyle = { json: false, compact: false };

export function flowEntry(key: string, value: unknown, style: FlowStyle): string {
  const colon = style.compact ? ":" : ": ";
  return `${stringIn(key, style)}${colon}${flowValue(value, style)}`;
}

/** On one line. */
export function flowValue(value: unknown, style: FlowStyle): string {
  if (typeof value === "string") return stringIn(value, style);
  const comma = style.compact ? "," : ", ";
  if (Array.isArray(value)) return `[${value.map((v) => flowValue(v, style)).join(comma)}]`;
  const object = asObject(value);
  if (object === undefined) return JSON.stringify(value);
  const entries = Object.entries(object).map(([k, v]) => flowEntry(k, v, style));
  return `{${entries.join(comma)}}`;
}

/** Over several lines, the first one without its indentation. */
export function spreadEntry(key: string, value: unknown, style: FlowStyle, at: Spread): string {
  const children = Object.entries(asObject(value) ?? {});
  if (children.length === 0) return flowEntry(key, value, style);
  return `${stringIn(key, style)}: ${spreadMap(children, style, at)}`;
}

export function spreadMap(
  entries: readonly (readonly [string, unknown])[],
  style: FlowStyle,
  at: Spread,
): string {
  const inner = { ...at, indent: at.indent + at.unit };
  const lines = entries.map(([k, v]) => inner.indent + spreadEntry(k, v, style, inner));
  return `{${at.eol}${lines.join(`,${at.eol}`)}${at.eol}${at.indent}}`;
}

function stringIn(text: string, { json }: FlowStyle): string {
  return json ? JSON.stringify(text) : yamlString(text);
}

/** Plain where every YAML reader agrees that it is a string. */
function yamlString(text: string): string {
  const plain = PLAIN_QUANTITY.test(text) || (PLAIN_WORD.test(text) && !RESERVED.test(text));
  return plain ? text : JSON.stringify(text);
}
