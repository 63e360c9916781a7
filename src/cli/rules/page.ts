import type { Rule, Target } from "../../engine/rule.ts";
import type { RuleExamples } from "./example.ts";
import { type Parameter, parametersOf } from "./parameters.ts";
import { policySnippets } from "./policy-snippet.ts";

type Fact = readonly [name: string, value: string];

export type Block =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "facts"; readonly rows: readonly Fact[] }
  | { readonly kind: "parameters"; readonly rows: readonly Parameter[] }
  /** Messages, each of one line however long. */
  | { readonly kind: "messages"; readonly lines: readonly string[] }
  | { readonly kind: "yaml"; readonly text: string };

export interface Section {
  readonly heading: string;
  readonly blocks: readonly Block[];
}

/** Everything there is to say of a rule, before it is set as text or Markdown. */
export interface RulePage {
  readonly id: string;
  readonly title: string;
  readonly why: string;
  readonly facts: readonly Fact[];
  readonly sections: readonly Section[];
}

export function rulePage(
  rule: Rule,
  { examples, until }: { readonly examples: RuleExamples; readonly until: string },
): RulePage {
  const { id, title, why } = rule;
  return {
    ...{ id, title, why, facts: factsOf(rule) },
    sections: [
      section("Cluster state", [text(stateText(rule))]),
      section("Parameters", parameterBlocks(rule)),
      ...badExample(examples),
      ...(examples.good === undefined ? [] : [section("Good example", [yaml(examples.good)])]),
      ...filledIn(examples),
      policySection(rule, until),
    ],
  };
}

function factsOf(rule: Rule): readonly Fact[] {
  const note = rule.modeNote === undefined ? "" : ` (${rule.modeNote})`;
  return [
    ["Practice", rule.practice],
    ["Default mode", `${rule.mode}${note}`],
    ...(rule.targets.length === 0 ? [["Judges", "files, no object"] as const] : []),
    ...rule.targets.map((target) => ["Judges", targetText(target)] as const),
    ...(rule.reads.length === 0 ? [] : [["Reads", rule.reads.map(readText).join(", ")] as const]),
    [
      "Scope",
      rule.everywhere === true
        ? "every namespace"
        : "namespaces of a layer; elsewhere at most the policy's unlayered mode",
    ],
    ["Speaks at", (rule.doors ?? ["admission", "audit", "check"]).join(", ")],
    ["Fills in what is missing", rule.mutate === undefined ? "no" : "yes, where it enforces"],
    ["Since", rule.since],
  ];
}

/** `TP` is how rules write the pod template, wherever a kind has it. */
function readText(path: string): string {
  return path.replace(/^TP(?:\.|$)/, "pod template ").trim();
}

function targetText({ kinds, operations, subresource, doors, from }: Target): string {
  const notes = [
    ...(subresource === undefined ? [] : [`subresource ${subresource}`]),
    ...(doors === undefined ? [] : [`at ${doors.join(", ")}`]),
    ...(from === undefined ? [] : [`in mode ${from} or a stricter one`]),
  ];
  const suffix = notes.length === 0 ? "" : ` (${notes.join("; ")})`;
  return `${operations.join(", ")} of ${kinds.join(", ")}${suffix}`;
}

function stateText({ targets, needs, consults = [], auditConsults = [], optIn }: Rule): string {
  const sentences: string[] = [];
  if (needs.length > 0) sentences.push(`Looks up ${needs.join(", ")}.`);
  for (const { kinds, doors = [], needs: more = [] } of targets) {
    if (more.length === 0) continue;
    const where = doors.length === 0 ? "" : ` at ${doors.join(", ")}`;
    sentences.push(`For ${kinds.join(", ")}${where} it looks up ${more.join(", ")}.`);
  }
  if (sentences.length > 0) {
    sentences.push(
      "A kind that the cluster does not have counts as empty; while one cannot be read, the rule is at most warn and reports call it not verified.",
    );
  }
  if (consults.length > 0) {
    sentences.push(`Looks at ${consults.join(", ")} where it can, and judges without them too.`);
  }
  if (auditConsults.length > 0) {
    sentences.push(`The audit alone looks at ${auditConsults.join(", ")} too.`);
  }
  if (optIn !== undefined) sentences.push(`Not verified by itself: ${optIn.reason}.`);
  if (sentences.length > 0) return sentences.join(" ");
  return targets.length === 0
    ? "None: the file is enough."
    : "None but the layer of its namespace: the object is enough.";
}

function parameterBlocks(rule: Rule): readonly Block[] {
  const rows = parametersOf(rule);
  return rows.length === 0 ? [text("None.")] : [{ kind: "parameters", rows }];
}

function badExample({ bad }: RuleExamples): readonly Section[] {
  if (bad === undefined) return [];
  const { messages: lines } = bad;
  return [
    section("Bad example", [yaml(bad.yaml), text("The message:"), { kind: "messages", lines }]),
  ];
}

function filledIn({ filledIn: filled }: RuleExamples): readonly Section[] {
  if (filled === undefined) return [];
  const told: readonly Block[] =
    filled.warnings.length === 0
      ? []
      : [text("and says:"), { kind: "messages", lines: filled.warnings }];
  const blocks: readonly Block[] = [
    yaml(filled.yaml),
    text("Admission fills in:"),
    { kind: "messages", lines: filled.additions },
    ...told,
  ];
  return [section("Filled in", blocks)];
}

function policySection(rule: Rule, until: string): Section {
  const { everywhere, override } = policySnippets(rule, until);
  return section("In the policy", [
    text("Weaker everywhere, in a file for --policy:"),
    yaml(everywhere),
    text("Weaker for some objects, until the end of a day:"),
    yaml(override),
  ]);
}

function section(heading: string, blocks: readonly Block[]): Section {
  return { heading, blocks };
}

function text(content: string): Block {
  return { kind: "text", text: content };
}

function yaml(content: string): Block {
  return { kind: "yaml", text: content.trimEnd() };
}
