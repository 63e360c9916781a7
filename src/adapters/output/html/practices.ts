import type { Report } from "../../../usecases/report.ts";
import { html, type Markup } from "./markup.ts";
import { MODES, tallyOf, totalOf } from "./tally.ts";
import { PRACTICE_TITLES, statusMarkup } from "./words.ts";

/** A line per practice; a click narrows the findings to it. */
export function practicesSection({ practices, findings }: Report): Markup {
  const byPractice = Map.groupBy(findings, ({ practice }) => practice);
  const rows = practices
    .filter(({ id, status }) => id !== "operations" || status !== "not-applicable")
    .map(({ id, status }) => {
      const tally = tallyOf(byPractice.get(id) ?? []);
      const title = PRACTICE_TITLES[id];
      const name =
        totalOf(tally) === 0
          ? html`${title}`
          : html`<a href="#findings" data-set="practice" data-value="${id}">${title}</a>`;
      const cells = MODES.map((mode) =>
        tally[mode] === 0 ? html`<td class="none">0</td>` : html`<td>${tally[mode]}</td>`,
      );
      return html`<tr><th scope="row">${name}</th><td>${statusMarkup(status)}</td>${cells}</tr>\n`;
    });
  return html`<section class="practices" aria-labelledby="practices">
<h2 id="practices">Practices</h2>
<table>
<thead><tr><th scope="col">Practice</th><th scope="col">Status</th><th scope="col">Enforce</th><th scope="col">Warn</th><th scope="col">Audit</th></tr></thead>
<tbody>
${rows}</tbody>
</table>
</section>
`;
}
