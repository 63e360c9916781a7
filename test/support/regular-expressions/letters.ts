import type { Node } from "./parse.ts";

/** Characters that no atom of an expression tells apart: the first of them stands for all. */
export interface Letters {
  readonly samples: readonly string[];
  /** By the source of an atom, which samples it takes. */
  readonly takenBy: ReadonlyMap<string, ReadonlySet<number>>;
}

/** Beyond ASCII: blanks, ends of lines, letters that fold to others, a control, an astral one. */
const FURTHER = ["\u0085", "\u00a0", "\u00b5", "\u00e9", "\u017f", "\u2028", "\u202a", "\u{1f511}"];
export const ANY = "[^]";

export function lettersOf(node: Node, source: string, flags: string): Letters {
  const kept = flags.replaceAll(/[gyd]/g, "");
  const atoms = new Map(
    [ANY, ...atomsOf(node)].map((atom) => [atom, new RegExp(`^(?:${atom})$`, kept)]),
  );
  const seen = new Map<string, string>();
  for (const character of characters(source)) {
    const taken = [...atoms.values()].map((atom) => (atom.test(character) ? "1" : "0")).join("");
    const key = `${taken} ${endsLine(character)}`;
    if (taken.includes("1", 1) && !seen.has(key)) seen.set(key, character);
  }
  const samples = [...seen.values()];
  const takenBy = new Map(
    [...atoms].map(([atom, expression]) => [
      atom,
      new Set(samples.flatMap((sample, at) => (expression.test(sample) ? [at] : []))),
    ]),
  );
  return { samples, takenBy };
}

/** ASCII, and what the expression itself names with its neighbours, where classes begin and end. */
function characters(source: string): Set<string> {
  const codes = new Set([
    ...Array.from({ length: 128 }, (_, code) => code),
    ...FURTHER.map((text) => text.codePointAt(0) ?? 0),
  ]);
  const named = [...source.matchAll(/\\u\{?([0-9a-fA-F]{4,6})|([^\0-\x7f])/gu)];
  for (const [, hex, text] of named) {
    const code = hex === undefined ? (text?.codePointAt(0) ?? 0) : Number.parseInt(hex, 16);
    for (const near of [code - 1, code, code + 1]) codes.add(near);
  }
  return new Set([...codes].map((code) => String.fromCodePoint(code)));
}

function atomsOf(node: Node): string[] {
  if (node.kind === "characters") return [node.source];
  if (node.kind === "repeat" || node.kind === "look") return atomsOf(node.part);
  return "parts" in node ? node.parts.flatMap(atomsOf) : [];
}

/** Behind one of these `^` holds under the flag m. */
export function endsLine(character: string | undefined): boolean {
  return /^[\n\r\u2028\u2029]$/.test(character ?? "");
}
