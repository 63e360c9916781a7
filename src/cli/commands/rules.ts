import { painter } from "../../adapters/output/color.ts";
import type { RULES_SETTINGS } from "../../config/settings-rules.ts";
import { didYouMean } from "../../config/suggest.ts";
import type { Rule } from "../../engine/rule.ts";
import { RULES } from "../../rules/index.ts";
import { usageError } from "../../usecases/app-error.ts";
import type { Invocation, Run } from "../command.ts";
import { ruleFacts, rulePageFacts } from "../rules/facts.ts";
import { listMarkdown, listText } from "../rules/list.ts";
import { rulePage } from "../rules/page.ts";
import { pageMarkdown } from "../rules/page-markdown.ts";
import { pageText } from "../rules/page-text.ts";
import { systemClock } from "../system-clock.ts";
import { textWidth, wantsColour } from "../terminal.ts";

type RulesInvocation = Invocation<typeof RULES_SETTINGS>;

/** `rules` lists, `rules ID` explains. */
export const run: Run<typeof RULES_SETTINGS> = async (invocation) => {
  const [id] = invocation.positionals;
  const { io } = invocation;
  if (id === undefined) io.stdout.write(list(invocation));
  else io.stdout.write(await page(ruleNamed(id, invocation), invocation));
  return 0;
};

function list({ settings, io }: RulesInvocation): string {
  const { format, practice } = settings;
  const rules = RULES.filter((rule) => practice === undefined || rule.practice === practice);
  if (format === "json") return json(rules.map(ruleFacts));
  if (format === "markdown") return listMarkdown(rules);
  return listText(rules, painter(wantsColour(io, io.stdout)));
}

function ruleNamed(id: string, { origins }: RulesInvocation): Rule {
  if (origins["practice"]?.kind === "flag") {
    throw usageError(
      "practice-beside-id",
      `--practice filters the list, but ${id} asks for one rule: leave one of them out`,
    );
  }
  const rule = RULES.find((candidate) => candidate.id === id);
  if (rule !== undefined) return rule;
  const ids = RULES.map((known) => known.id);
  throw usageError(
    "unknown-rule",
    `there is no rule ${JSON.stringify(id)}${didYouMean(id, ids)}; keymate-guard rules lists them`,
  );
}

async function page(rule: Rule, { settings, io }: RulesInvocation): Promise<string> {
  const { EXAMPLES } = await import("../rules/examples.ts");
  const more = { examples: EXAMPLES[rule.id] ?? {}, until: inThreeMonths() };
  if (settings.format === "json") return json(rulePageFacts(rule, more));
  const content = rulePage(rule, more);
  if (settings.format === "markdown") return pageMarkdown(content);
  const paint = painter(wantsColour(io, io.stdout));
  return pageText(content, { width: textWidth(io.stdout), paint });
}

const THREE_MONTHS_MS = 90 * 86_400_000;

function inThreeMonths(): string {
  return new Date(systemClock.now() + THREE_MONTHS_MS).toISOString().slice(0, 10);
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
