import { PRACTICES, type Rule, type Target } from "../../src/engine/rule.ts";
import { GENERATED, type Generator } from "./artifact.ts";
import { UNSHIPPED } from "./coverage-plan.ts";
import { type ExpectedFinding, type ExpectedFix, exampleOf } from "./examples.ts";
import { codeBlock, table } from "./markdown.ts";
import { parameterTable } from "./parameter-table.ts";
import { loadRules } from "./rule-files.ts";

const FOLDER = "docs/rules";

/** docs/rules: one page per rule and an index. */
export const ruleDocs: Generator = {
  name: "rule docs",
  owns: { folder: FOLDER, extension: ".md" },
  async files() {
    const rules = await loadRules();
    const pages = rules.map((rule) => [`${FOLDER}/${rule.id}.md`, pageOf(rule)] as const);
    return new Map([[`${FOLDER}/index.md`, indexOf(rules)], ...pages]);
  },
};

function indexOf(rules: readonly Rule[]): string {
  const sections = PRACTICES.flatMap((practice) => {
    const own = rules.filter((rule) => rule.practice === practice);
    if (own.length === 0) return [];
    const rows = own.map((rule) => [
      `[${rule.id}](${rule.id}.md)`,
      rule.title,
      rule.mode,
      rule.mutate === undefined ? "" : "yes",
    ]);
    return [`## ${practice}`, table(["Rule", "What it asks for", "Mode", "Fills in"], rows)];
  });
  const link =
    "What the specification names and what is shipped of it: [coverage](../coverage.md).";
  const missing = Object.entries(UNSHIPPED).map(([id, { reason }]) => [id, reason]);
  return page([
    "# Rules",
    link,
    ...sections,
    "## Specified, not shipped",
    table(["Rule", "Why not"], missing),
  ]);
}

function pageOf(rule: Rule): string {
  return page([
    `# ${rule.id}`,
    `**${rule.title}.** ${rule.why}`,
    factsOf(rule)
      .map(([name, value]) => `- **${name}:** ${value}`)
      .join("\n"),
    "## Parameters",
    parameterTable(rule),
    ...refused(rule),
    ...accepted(rule),
    ...filledIn(rule),
  ]);
}

function page(blocks: readonly string[]): string {
  return `<!-- ${GENERATED}. -->\n\n${blocks.join("\n\n")}\n`;
}

function factsOf(rule: Rule): string[][] {
  const note = rule.modeNote === undefined ? "" : ` (${rule.modeNote})`;
  return [
    ["Practice", rule.practice],
    ["Default mode", `${rule.mode}${note}`],
    ...(rule.targets.length === 0 ? [["Judges", "files, no object"]] : []),
    ...rule.targets.map((target) => ["Judges", targetText(target)]),
    ["Looks up", rule.needs.join(", ") || "nothing else"],
    ...(rule.consults === undefined ? [] : [["Looks at where it can", rule.consults.join(", ")]]),
    ["Scope", rule.everywhere === true ? "every namespace" : "namespaces of a layer"],
    ...(rule.doors === undefined ? [] : [["Speaks at", rule.doors.join(", ")]]),
    ...(rule.optIn === undefined ? [] : [["Not verified by itself", rule.optIn.reason]]),
    ["Fills in what is missing", rule.mutate === undefined ? "no" : "yes"],
    ["Since", rule.since],
  ];
}

function targetText({ kinds, operations, subresource }: Target): string {
  const suffix = subresource === undefined ? "" : ` (subresource ${subresource})`;
  return `${operations.join(", ")} of ${kinds.join(", ")}${suffix}`;
}

function refused({ id }: Rule): string[] {
  const example = exampleOf(id, "deny");
  if (example === undefined) return [];
  const findings = example.expected as readonly ExpectedFinding[];
  const lines = findings.map(
    ({ rule, message, fix, path }) => `[${rule}] ${message} — fix: ${fix} (${path})`,
  );
  return [
    "## Bad example",
    codeBlock("yaml", example.yaml),
    "The message:",
    codeBlock("text", lines.join("\n")),
  ];
}

function accepted({ id }: Rule): string[] {
  const example = exampleOf(id, "allow");
  return example === undefined ? [] : ["## Good example", codeBlock("yaml", example.yaml)];
}

function filledIn(rule: Rule): string[] {
  const example = rule.mutate === undefined ? undefined : exampleOf(rule.id, "fix");
  if (example === undefined) return [];
  const { patch, warnings } = example.expected as ExpectedFix;
  const lines = patch.map(({ path, value }) => `add ${path}: ${JSON.stringify(value)}`);
  const told = warnings.length === 0 ? [] : ["and says:", codeBlock("text", warnings.join("\n"))];
  return [
    "## Filled in",
    codeBlock("yaml", example.yaml),
    "Admission fills in:",
    codeBlock("text", lines.join("\n")),
    ...told,
  ];
}
