import type { Finding, RuleContext } from "../../engine/rule.ts";
import type { Judged } from "../../engine/subject.ts";

/** A credential where it must not be. The text never leaves this folder. */
export interface LiteralHit {
  /** Container, variable, option, key: where it is in words that survive a reordering. */
  readonly place: string;
  readonly text: string;
  readonly finding: Omit<Finding, "key">;
}

/** More than fit into any answer; a file of a million of them must not cost a million findings. */
const MAX_FINDINGS = 100;
const UNCHANGED = "unchanged";

/**
 * Findings that ratchet by value without carrying it: a credential that stood in the same place
 * before has the key `unchanged` in both objects, any other one is new.
 */
export function literalFindings(
  { subject, object }: Pick<RuleContext, "subject" | "object">,
  hitsOf: (object: Judged) => Iterable<LiteralHit>,
): Finding[] {
  const before = subject.old === undefined ? undefined : textsByPlace(hitsOf(subject.old));
  const findings: Finding[] = [];
  let unchanged = 0;
  for (const { place, text, finding } of hitsOf(object)) {
    const isUnchanged = before?.get(place)?.has(text) === true;
    // The old ones are only counted; they must not crowd out the new ones.
    if (isUnchanged && ++unchanged > MAX_FINDINGS) continue;
    findings.push({ ...finding, key: isUnchanged ? UNCHANGED : place });
    if (findings.length - unchanged >= MAX_FINDINGS) break;
  }
  return findings;
}

function textsByPlace(hits: Iterable<LiteralHit>): ReadonlyMap<string, ReadonlySet<string>> {
  const texts = new Map<string, Set<string>>();
  for (const { place, text } of hits) {
    const known = texts.get(place);
    if (known === undefined) texts.set(place, new Set([text]));
    else known.add(text);
  }
  return texts;
}
