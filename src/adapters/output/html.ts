import { findingsList } from "./html/findings.ts";
import { mapSection } from "./html/map.ts";
import { html } from "./html/markup.ts";
import { placesOf } from "./html/model.ts";
import { page } from "./html/page.ts";
import { practicesSection } from "./html/practices.ts";
import { readinessSection } from "./html/readiness.ts";
import { type RuleText, rulesSection } from "./html/rules.ts";
import { skippedSection } from "./html/skipped.ts";
import { toolbar } from "./html/toolbar.ts";
import { pageHeader, verdictSection } from "./html/verdict.ts";
import type { Reporter } from "./reporter.ts";

/** One file that holds everything it needs; `rules` explains what findings name. */
export function htmlReporter(rules: readonly RuleText[]): Reporter {
  return (report) => {
    const places = placesOf(report);
    const findings = report.findings.length === 0 ? undefined : toolbar(report, places);
    const body = html`${pageHeader(report)}<main>
${verdictSection(report)}${readinessSection(report)}<div class="overview">
${practicesSection(report)}${mapSection(places, report.skipped)}</div>
<section class="findings" aria-labelledby="findings">
<h2 id="findings" tabindex="-1">Findings</h2>
${findings}${findingsList(places, report.door)}</section>
${skippedSection(report)}${rulesSection(report, rules)}</main>
`;
    return page(report, body).text;
  };
}
