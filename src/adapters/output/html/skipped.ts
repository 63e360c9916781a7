import { plural } from "../../../engine/text.ts";
import type { Report, ReportSkip } from "../../../usecases/report.ts";
import { html, type Markup } from "./markup.ts";
import { ruleLink } from "./rules.ts";
import { objectName } from "./words.ts";

/** What could not be verified, once per rule and reason, with the objects that it is about. */
export function skippedSection({ skipped }: Report): Markup | undefined {
  if (skipped.length === 0) return undefined;
  const groups = Map.groupBy(skipped, ({ rule, reason }) => JSON.stringify([rule, reason]));
  return html`<section class="skipped" aria-labelledby="skipped">
<h2 id="skipped">Not verified</h2>
<ul>
${[...groups.values()].map(groupMarkup)}</ul>
</section>
`;
}

function groupMarkup(skips: readonly ReportSkip[]): Markup {
  const [first] = skips;
  if (first === undefined) return html``;
  const names = skips.map(({ object }) => html`<li>${object.kind} ${objectName(object)}</li>\n`);
  return html`<li><p class="msg">${first.reason}</p><p class="at">${ruleLink(first.rule)}</p>
<details><summary>${plural(skips.length, "object")}</summary><ul>
${names}</ul></details></li>
`;
}
