import type { Rule } from "../../engine/rule.ts";

export const LEVELS = { enforce: "error", warn: "warning", audit: "note", off: "none" } as const;

/** What code scanning shows beside a result of the rule. */
export function ruleDescriptor(rule: Rule) {
  const { id, title, why, practice, mode } = rule;
  return {
    id,
    name: id,
    shortDescription: { text: title },
    fullDescription: { text: why },
    help: { text: helpText(rule), markdown: helpMarkdown(rule) },
    defaultConfiguration: { level: LEVELS[mode], enabled: mode !== "off" },
    properties: { tags: ["kubernetes", practice], precision: "very-high" },
  };
}

function helpText(rule: Rule): string {
  return [`${rule.title}. ${rule.why}`, ...notes(rule, (word) => word)].join("\n");
}

function helpMarkdown(rule: Rule): string {
  const items = notes(rule, (word) => `\`${word}\``).map((note) => `- ${note}`);
  return `**${rule.title}.** ${rule.why}\n\n${items.join("\n")}\n`;
}

function notes(rule: Rule, code: (word: string) => string): string[] {
  const { id, practice, mode, modeNote, everywhere } = rule;
  return [
    `Practice: ${practice}`,
    `Strictest mode: ${mode}${modeNote === undefined ? "" : `; ${modeNote}`}`,
    everywhere === true ? "Judges every namespace" : "Judges namespaces of a layer",
    `Explained by ${code(`keymate-guard rules ${id}`)}`,
    `Set in the policy: ${code(`rules: {${id}: {mode: warn}}`)}`,
  ];
}
