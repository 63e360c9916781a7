import { inspect } from "./inspect.ts";
import { parseYaml } from "./yaml-document.ts";
import { sliceYaml } from "./yaml-slices.ts";

const ANCHOR = /&(?<![^\s[{,]&)([^\s,[\]{}]+)/g;
const ALIAS = /\*(?<![^\s[{,]\*)([^\s,[\]{}]+)/g;

/** Whether an item of a list refers to what stands outside of it, so that it cannot be read alone. */
export function sharesAnchors(text: string): boolean {
  if (text.search(ANCHOR) < 0 || text.search(ALIAS) < 0) return false;
  const all = new Set(namesOf(text, ANCHOR));
  for (const { text: slice } of sliceYaml(text)) {
    const own = new Set(namesOf(slice, ANCHOR));
    // A script in a ConfigMap may look like it, so that the reader has the last word.
    const isSuspect = namesOf(slice, ALIAS).some((name) => all.has(name) && !own.has(name));
    if (isSuspect && inspect(parseYaml(slice)) !== undefined) return true;
  }
  return false;
}

function namesOf(text: string, pattern: RegExp): string[] {
  return Array.from(text.matchAll(pattern), ([, name = ""]) => name);
}
