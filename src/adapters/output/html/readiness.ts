import type { ReadinessLine } from "../../../usecases/readiness.ts";
import type { Report } from "../../../usecases/report.ts";
import { html, type Markup } from "./markup.ts";
import { ruleLink } from "./rules.ts";
import { statusMarkup } from "./words.ts";

/** The guide's validation scenario, where the report has it. */
export function readinessSection({ readiness }: Report): Markup | undefined {
  if (readiness === undefined || readiness.length === 0) return undefined;
  return html`<section class="readiness" aria-labelledby="readiness">
<h2 id="readiness">Ready for production?</h2>
<ol>
${readiness.map(lineMarkup)}</ol>
</section>
`;
}

function lineMarkup({ title, status, rules, evidence, notVerified = [] }: ReadinessLine): Markup {
  const links = rules.map((rule, index) => html`${index === 0 ? "" : ", "}${ruleLink(rule)}`);
  return html`<li><div class="state">${statusMarkup(status)}</div><div>
<h3>${title}</h3>
${evidence.map((line) => html`<p>${line}</p>\n`)}${notVerified.map((line) => html`<p>Not verified: ${line}</p>\n`)}${
  rules.length === 0 ? undefined : html`<p class="at">${links}</p>\n`
}</div></li>
`;
}
