import type { Paint } from "../../adapters/output/color.ts";
import { PRACTICES, type Rule } from "../../engine/rule.ts";
import { table } from "./markdown.ts";

/** Rules by practice, in the order of the guide. */
export function listText(rules: readonly Rule[], paint: Paint): string {
  const width = Math.max(...rules.map(({ id }) => id.length));
  const sections = PRACTICES.flatMap((practice) => {
    const own = rules.filter((rule) => rule.practice === practice);
    if (own.length === 0) return [];
    return [[paint("bold", practice), ...own.map((rule) => row(rule, width))].join("\n")];
  });
  return `${sections.join("\n\n")}\n\nkeymate-guard rules ID explains one.\n`;
}

export function listMarkdown(rules: readonly Rule[]): string {
  const rows = rules.map(({ id, practice, mode, title }) => [id, practice, mode, title]);
  return `${table(["Rule", "Practice", "Mode", "What it asks"], rows)}\n`;
}

function row({ id, mode, title }: Rule, width: number): string {
  return `  ${id.padEnd(width)}  ${mode.padEnd("enforce".length)}  ${title}`;
}
