import { z } from "zod";
import type { Rule } from "../engine/rule.ts";
import { asObject, type JsonObject, ownObject, ownString } from "../kubernetes/json.ts";

interface Parameter {
  readonly name: string;
  readonly type: string;
  readonly default: unknown;
  readonly description: string;
}

/** What a rule says of itself, as data. */
export function ruleFacts(rule: Rule) {
  const { id, title, why, practice, since, mode, modeNote, targets, needs, reads } = rule;
  return {
    id,
    title,
    why,
    practice,
    since,
    mode,
    ...(modeNote === undefined ? {} : { modeNote }),
    doors: rule.doors ?? ["admission", "audit", "check"],
    everywhere: rule.everywhere ?? false,
    mutates: rule.mutate !== undefined,
    judges: targets.map(({ kinds, operations, subresource }) => ({
      kinds,
      operations,
      ...(subresource === undefined ? {} : { subresource }),
    })),
    needs,
    reads,
    params: parametersOf(rule),
  };
}

/** A page for the terminal. */
export function ruleText(rule: Rule): string {
  const facts = ruleFacts(rule);
  const lines = [
    `${facts.id}: ${facts.title}`,
    "",
    ...wrap(facts.why, 80),
    "",
    `Practice    ${facts.practice}`,
    `Mode        ${facts.mode}${facts.modeNote === undefined ? "" : `; ${facts.modeNote}`}`,
    `Where       ${facts.everywhere ? "every namespace" : "layer namespaces; elsewhere at most the policy's unlayered mode"}`,
    `Doors       ${facts.doors.join(", ")}`,
    `Mutates     ${facts.mutates ? "yes, where its mode is enforce" : "no"}`,
    ...judgesText(facts),
    `Since       ${facts.since}`,
  ];
  if (facts.params.length > 0) {
    lines.push("", "Parameters");
    for (const { name, type, default: value, description } of facts.params) {
      lines.push(`  ${name} (${type}, default ${JSON.stringify(value)}): ${description}`);
    }
  }
  lines.push("", `Set it in the policy: rules: {${facts.id}: {mode: warn}}`, "");
  return lines.join("\n");
}

export function ruleMarkdown(rule: Rule): string {
  return `# ${rule.id}\n\n\`\`\`text\n${ruleText(rule)}\`\`\`\n`;
}

/** A rule without targets speaks of the files themselves. */
function judgesText({ judges, needs, reads }: ReturnType<typeof ruleFacts>): string[] {
  if (judges.length === 0) return ["Judges      files, no object"];
  return [
    `Judges      ${judges.map(targetText).join("\n            ")}`,
    `Looks up    ${needs.length === 0 ? "nothing: the object is enough" : needs.join(", ")}`,
    `Reads       ${reads.join(", ")}`,
  ];
}

function targetText({ kinds, operations, subresource }: Rule["targets"][number]): string {
  const suffix = subresource === undefined ? "" : `/${subresource}`;
  return `${kinds.map((kind) => `${kind}${suffix}`).join(", ")} on ${operations.join(", ")}`;
}

function parametersOf(rule: Rule): readonly Parameter[] {
  const schema = asObject(z.toJSONSchema(rule.params, { io: "input" }));
  return Object.entries(ownObject(schema, "properties") ?? {}).map(([name, value]) => {
    const property = asObject(value) ?? {};
    const description = ownString(property, "description") ?? "";
    return { name, type: typeOf(property), default: property["default"], description };
  });
}

function typeOf(property: JsonObject): string {
  const values = property["enum"];
  if (Array.isArray(values)) return values.join(" | ");
  const items = ownObject(property, "items");
  return items === undefined
    ? (ownString(property, "type") ?? "value")
    : `list of ${typeOf(items)}`;
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < width) {
      lines[lines.length - 1] = `${last} ${word}`;
    } else lines.push(word);
  }
  return lines;
}
