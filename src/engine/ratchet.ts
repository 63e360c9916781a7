import type { Finding } from "./rule.ts";

/** Worst magnitude by key of what was already wrong; 0 for findings without one. */
export type RatchetKeys = ReadonlyMap<string, number>;

export function ratchetKeys(findings: Iterable<Finding>): RatchetKeys {
  const keys = new Map<string, number>();
  for (const { key, magnitude } of findings) {
    keys.set(key, Math.max(keys.get(key) ?? Number.NEGATIVE_INFINITY, magnitude ?? 0));
  }
  return keys;
}

/** The same fault was there before, and it has not become worse. */
export function isPreexisting(finding: Finding, before: RatchetKeys): boolean {
  const worst = before.get(finding.key);
  return worst !== undefined && (finding.magnitude ?? 0) <= worst;
}
