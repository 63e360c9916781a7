import type { Practice } from "../../../engine/rule.ts";
import { plural } from "../../../engine/text.ts";
import type { Report } from "../../../usecases/report.ts";
import { html, type Markup } from "./markup.ts";
import { PRACTICE_TITLES } from "./words.ts";

/** What a rule says of itself; a `Rule` is one. */
export interface RuleText {
  readonly id: string;
  readonly title: string;
  readonly why: string;
  readonly practice: Practice;
}

/** Spaces would end the id of an element. */
export function ruleAnchor(rule: string): string {
  return `rule-${encodeURIComponent(rule.toWellFormed())}`;
}

export function ruleLink(rule: string): Markup {
  return html`<a href="#${encodeURIComponent(ruleAnchor(rule))}">${rule}</a>`;
}

/** Every rule that the report names, explained once. */
export function rulesSection(report: Report, rules: readonly RuleText[]): Markup | undefined {
  const counts = new Map<string, number>();
  const name = (rule: string, by: number) => counts.set(rule, (counts.get(rule) ?? 0) + by);
  for (const { rule } of report.findings) name(rule, 1);
  for (const { rule } of report.skipped) name(rule, 0);
  for (const line of report.readiness ?? []) for (const rule of line.rules) name(rule, 0);
  if (counts.size === 0) return undefined;
  const texts = new Map(rules.map((rule) => [rule.id, rule]));
  const ids = [...counts.keys()].sort();
  return html`<section class="rules" aria-labelledby="rules">
<h2 id="rules">Rules</h2>
${ids.map((id) => ruleMarkup(id, texts.get(id), counts.get(id) ?? 0))}</section>
`;
}

function ruleMarkup(id: string, rule: RuleText | undefined, count: number): Markup {
  const found =
    count === 0
      ? html`no finding`
      : html`<a href="#findings" data-set="rule" data-value="${id}">${plural(count, "finding")}</a>`;
  return html`<article id="${ruleAnchor(id)}" tabindex="-1">
<div><h3><code>${id}</code></h3><p class="at">${
    rule === undefined ? undefined : html`${PRACTICE_TITLES[rule.practice]}, `
  }${found}</p></div>
<div><p class="title">${rule?.title ?? "This rule is not in this version."}</p><p>${rule?.why}</p></div>
</article>
`;
}
