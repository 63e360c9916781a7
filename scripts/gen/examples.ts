import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { RuleExamples } from "../../src/cli/rules/example.ts";
import type { Rule } from "../../src/engine/rule.ts";
import { entriesOf, ROOT } from "./rule-files.ts";

interface Example {
  /** The YAML as it stands, settings and all. */
  readonly yaml: string;
  /** Parsed `*.expected.json`; undefined for `allow`. */
  readonly expected: unknown;
}

/** What a `deny` fixture expects of each finding. */
interface ExpectedFinding {
  readonly rule: string;
  readonly message: string;
  readonly fix: string;
  readonly path: string;
}

/** What a `fix` fixture expects. */
interface ExpectedFix {
  readonly patch: readonly { readonly path: string; readonly value: unknown }[];
  readonly warnings: readonly string[];
}

/** What the fixtures of a rule show, in the words that people get. */
export function examplesOf(rule: Rule): RuleExamples {
  const good = exampleOf(rule.id, "allow")?.yaml;
  return { ...badOf(rule), ...(good === undefined ? {} : { good }), ...filledInOf(rule) };
}

function badOf({ id }: Rule): Pick<RuleExamples, "bad"> {
  const example = exampleOf(id, "deny");
  if (example === undefined) return {};
  const findings = example.expected as readonly ExpectedFinding[];
  const messages = findings.map(
    ({ rule, message, fix, path }) => `[${rule}] ${message} — fix: ${fix} (${path})`,
  );
  return { bad: { yaml: example.yaml, messages } };
}

function filledInOf({ id, mutate }: Rule): Pick<RuleExamples, "filledIn"> {
  const example = mutate === undefined ? undefined : exampleOf(id, "fix");
  if (example === undefined) return {};
  const { patch, warnings } = example.expected as ExpectedFix;
  const additions = patch.map(({ path, value }) => `add ${path}: ${JSON.stringify(value)}`);
  return { filledIn: { yaml: example.yaml, additions, warnings } };
}

/**
 * The fixture called `example`, else the shortest: the docs show what the tests prove. undefined
 * for a rule so new that its expectations are not written yet.
 */
function exampleOf(rule: string, kind: "allow" | "deny" | "fix"): Example | undefined {
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
