import type { RULES_SETTINGS } from "../../config/settings-rules.ts";
import { didYouMean } from "../../config/suggest.ts";
import { PRACTICES, type Rule } from "../../engine/rule.ts";
import { RULES } from "../../rules/index.ts";
import { usageError } from "../../usecases/app-error.ts";
import type { Run } from "../command.ts";
import { ruleFacts, ruleMarkdown, ruleText } from "../rule-facts.ts";

/** `rules` lists, `rules ID` explains. */
export const run: Run<typeof RULES_SETTINGS> = async ({ settings, positionals, io }) => {
  const [id] = positionals;
  const { format } = settings;
  if (id === undefined) {
    io.stdout.write(format === "json" ? json(RULES.map(ruleFacts)) : list(format === "markdown"));
    return 0;
  }
  const rule = RULES.find((candidate) => candidate.id === id);
  if (rule === undefined) {
    const hint = didYouMean(
      id,
      RULES.map((known) => known.id),
    );
    throw usageError("unknown-rule", `there is no rule ${JSON.stringify(id)}${hint}`);
  }
  if (format === "json") io.stdout.write(json(ruleFacts(rule)));
  else io.stdout.write(format === "markdown" ? ruleMarkdown(rule) : ruleText(rule));
  return 0;
};

function list(markdown: boolean): string {
  if (markdown) {
    const rows = RULES.map(
      (rule) => `| ${rule.id} | ${rule.practice} | ${rule.mode} | ${rule.title} |`,
    );
    return `| Rule | Practice | Mode | What it asks |\n| --- | --- | --- | --- |\n${rows.join("\n")}\n`;
  }
  const width = Math.max(...RULES.map(({ id }) => id.length));
  const sections = PRACTICES.flatMap((practice) => {
    const rules = RULES.filter((rule) => rule.practice === practice);
    return rules.length === 0
      ? []
      : [[practice, ...rules.map((rule) => row(rule, width))].join("\n")];
  });
  return `${sections.join("\n\n")}\n\nkeymate-guard rules ID explains one.\n`;
}

function row({ id, mode, title }: Rule, width: number): string {
  return `  ${id.padEnd(width)}  ${mode.padEnd("enforce".length)}  ${title}`;
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
