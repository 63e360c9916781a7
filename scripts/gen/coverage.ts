import { table } from "../../src/cli/rules/markdown.ts";
import { PRACTICES, type Practice, type Rule } from "../../src/engine/rule.ts";
import type { GroupKind } from "../../src/kubernetes/kinds.ts";
import { WORKLOAD_KINDS } from "../../src/kubernetes/workload.ts";
import { GENERATED, type Generator } from "./artifact.ts";
import { SPECIFIED, UNSHIPPED, type Unshipped } from "./coverage-plan.ts";
import { loadRules } from "./rule-files.ts";

/** docs/coverage.md: every specified rule, shipped or the reason why not. */
export const coverage: Generator = {
  name: "coverage",
  async files() {
    return new Map([["docs/coverage.md", coveragePage(await loadRules())]]);
  },
};

const HEAD = ["Rule", "Default mode", "Kinds", "Cluster state needed", "Mutates", "Shipped"];

/** Throws when a specified rule is both shipped and awaited, or neither, or when one is not specified. */
export function coveragePage(
  rules: readonly Rule[],
  specified: Readonly<Record<Practice, readonly string[]>> = SPECIFIED,
  unshipped: Readonly<Record<string, Unshipped>> = UNSHIPPED,
): string {
  const shipped = new Map(rules.map((rule) => [rule.id, rule]));
  const mistakes = mistakesIn(shipped, specified, unshipped);
  if (mistakes.length > 0) throw new Error(`scripts/gen/coverage-plan.ts: ${mistakes.join("; ")}`);
  const sections = PRACTICES.flatMap((practice) => {
    const ids = specified[practice];
    const done = ids.filter((id) => shipped.has(id)).length;
    const rows = ids.map((id) => rowOf(id, shipped.get(id), unshipped[id]));
    return [`## ${practice}`, `${done} of ${ids.length} are shipped.`, table(HEAD, rows)];
  });
  const intro =
    "Every rule that the specification names. The policy decides on the mode; kinds that are " +
    "needed but cannot be read cap a rule at warn.";
  return `<!-- ${GENERATED}. -->\n\n${["# Coverage", intro, ...sections].join("\n\n")}\n`;
}

function mistakesIn(
  shipped: ReadonlyMap<string, Rule>,
  specified: Readonly<Record<Practice, readonly string[]>>,
  unshipped: Readonly<Record<string, Unshipped>>,
): string[] {
  const practiceOf = new Map(
    PRACTICES.flatMap((practice) => specified[practice].map((id) => [id, practice] as const)),
  );
  const ids = [...new Set([...practiceOf.keys(), ...shipped.keys(), ...Object.keys(unshipped)])];
  return ids.flatMap((id) => {
    const practice = practiceOf.get(id);
    const rule = shipped.get(id);
    if (practice === undefined) return [`${id} is not specified`];
    if (rule === undefined) {
      return Object.hasOwn(unshipped, id) ? [] : [`${id} is neither shipped nor has it a reason`];
    }
    if (Object.hasOwn(unshipped, id)) return [`${id} is shipped and has a reason why not`];
    return rule.practice === practice ? [] : [`${id} belongs to ${rule.practice}`];
  });
}

function rowOf(id: string, rule: Rule | undefined, awaited: Unshipped | undefined): string[] {
  if (rule === undefined) {
    const { mode = "", kinds = "", state = "", reason = "" } = awaited ?? {};
    return [id, mode, kinds, state || "none", "no", `no: ${reason}`];
  }
  return [
    `[${id}](rules/${id}.md)`,
    rule.mode,
    kindsText(rule.targets.flatMap(({ kinds }) => kinds)) || "files",
    kindsText([...rule.needs, ...rule.targets.flatMap(({ needs = [] }) => needs)]) || "none",
    rule.mutate === undefined ? "no" : "yes",
    "yes",
  ];
}

/** `workloads` for all that run Pods; two kinds of one name keep their group. */
function kindsText(kinds: readonly GroupKind[]): string {
  const unique = [...new Set(kinds)];
  const hasAll = WORKLOAD_KINDS.every((kind) => unique.includes(kind));
  const rest = hasAll ? unique.filter((kind) => !WORKLOAD_KINDS.includes(kind)) : unique;
  const words = rest.map((kind) => {
    const word = wordOf(kind);
    return rest.filter((other) => wordOf(other) === word).length > 1 ? kind : word;
  });
  return [...(hasAll ? ["workloads"] : []), ...words].join(", ");
}

function wordOf(kind: GroupKind): string {
  return kind.split(".", 1)[0] ?? kind;
}
