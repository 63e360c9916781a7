import { jsonEqual } from "../../kubernetes/equality.ts";
import { type Addition, foldAdditions, type Insertion } from "./insertions.ts";
import { inspect } from "./inspect.ts";
import { applyEdits, type TextEdit } from "./text-edit.ts";
import { editsFor, pageOf } from "./write-insertions.ts";
import { parseYaml, plainValueOf, type Yaml } from "./yaml-document.ts";

/** An addition that was left to the user, and why. */
export interface Refusal {
  readonly segments: readonly string[];
  readonly reason: string;
}

export interface FixedText {
  readonly text: string;
  /** How many additions are in the text now. */
  readonly applied: number;
  readonly refused: readonly Refusal[];
}

const SHARED = "it is shared by an anchor, and the other places would change too";
const UNSAFE = "its place in the text cannot be rewritten safely";

/**
 * Writes additions into the text of one document. An edit only counts when the new text, read
 * again, holds exactly the old value plus the additions; else it is tried in ever smaller parts,
 * and what still cannot be written is left alone.
 */
export function fixDocument(text: string, additions: readonly Addition[]): FixedText {
  const { insertions, impossible } = foldAdditions(parseYaml(text), additions);
  const fix: Progress = {
    text,
    applied: 0,
    refused: impossible.map(({ segments }) => ({ segments, reason: UNSAFE })),
  };
  write(fix, insertions);
  return { text: fix.text, applied: fix.applied, refused: fix.refused };
}

interface Progress {
  readonly refused: Refusal[];
  text: string;
  applied: number;
}

function write(fix: Progress, insertions: readonly Insertion[]): void {
  const group = insertions.flatMap(({ members }) => members);
  const next = withAdditions(fix.text, parseYaml(fix.text), group);
  if (next !== undefined) {
    fix.text = next;
    fix.applied += group.length;
  } else if (insertions.length > 1) {
    const middle = insertions.length >> 1;
    write(fix, insertions.slice(0, middle));
    write(fix, insertions.slice(middle));
  } else {
    const reason = insertions[0]?.shared === true ? SHARED : UNSAFE;
    fix.refused.push(...group.map(({ segments }) => ({ segments, reason })));
  }
}

/** The text with all of the additions; undefined unless it holds them and nothing else new. */
export function withAdditions(
  text: string,
  yaml: Yaml,
  additions: readonly Addition[],
): string | undefined {
  if (additions.length === 0) return text;
  const { insertions, impossible } = foldAdditions(yaml, additions);
  if (impossible.length > 0) return undefined;
  const page = pageOf(text, yaml.contents);
  const edits: TextEdit[] = [];
  for (const group of byMap(insertions)) {
    const more = editsFor(page, group);
    if (more === undefined) return undefined;
    edits.push(...more);
  }
  const fixed = applyEdits(text, edits);
  return holds(fixed, expected(plainValueOf(yaml), additions)) ? fixed : undefined;
}

function byMap(insertions: readonly Insertion[]): Iterable<Insertion[]> {
  return Map.groupBy(insertions, ({ map }) => map).values();
}

/** The value with the additions, as a plain tree: what an alias stands for is written out. */
function expected(value: unknown, additions: readonly Addition[]): unknown {
  const root: unknown = JSON.parse(JSON.stringify(value));
  for (const { segments, value: added } of additions) {
    let at = root as Record<string, unknown>;
    for (const segment of segments.slice(0, -1)) at = at[segment] as Record<string, unknown>;
    const key = segments.at(-1);
    if (key !== undefined) at[key] = structuredClone(added);
  }
  return root;
}

function holds(text: string, value: unknown): boolean {
  try {
    const yaml = parseYaml(text);
    if (yaml.errors.length > 0 || inspect(yaml) !== undefined) return false;
    return jsonEqual(JSON.parse(JSON.stringify(plainValueOf(yaml))), value);
  } catch {
    return false;
  }
}
