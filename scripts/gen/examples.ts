import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { entriesOf, ROOT } from "./rule-files.ts";

/** A fixture as a reader of the docs sees it. */
export interface Example {
  /** The YAML as it stands, settings and all. */
  readonly yaml: string;
  /** Parsed `*.expected.json`; undefined for `allow`. */
  readonly expected: unknown;
}

/** What a `deny` fixture expects of each finding. */
export interface ExpectedFinding {
  readonly rule: string;
  readonly message: string;
  readonly fix: string;
  readonly path: string;
}

/** What a `fix` fixture expects. */
export interface ExpectedFix {
  readonly patch: readonly { readonly path: string; readonly value: unknown }[];
  readonly warnings: readonly string[];
}

/**
 * The fixture called `example`, else the shortest: the docs show what the tests prove. undefined
 * for a rule so new that its expectations are not written yet.
 */
export function exampleOf(rule: string, kind: "allow" | "deny" | "fix"): Example | undefined {
  const folder = join(ROOT, "test/rules", rule);
  const best = entriesOf(folder)
    .filter((name) => name.startsWith(`${kind}.`) && name.endsWith(".yaml"))
    .filter((name) => kind === "allow" || existsSync(join(folder, expectedName(name))))
    .map((name) => ({ name, yaml: readFileSync(join(folder, name), "utf8") }))
    .sort((a, b) => rank(a) - rank(b))[0];
  if (best === undefined) return undefined;
  if (kind === "allow") return { yaml: best.yaml, expected: undefined };
  const expected: unknown = JSON.parse(readFileSync(join(folder, expectedName(best.name)), "utf8"));
  return { yaml: best.yaml, expected };
}

function rank({ name, yaml }: { name: string; yaml: string }): number {
  return name.includes(".example.") ? 0 : yaml.length;
}

function expectedName(name: string): string {
  return name.replace(/yaml$/, "expected.json");
}
