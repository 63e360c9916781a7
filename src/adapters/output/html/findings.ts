import type { Door } from "../../../engine/subject.ts";
import type { ReportFinding } from "../../../usecases/report.ts";
import { html, type Markup } from "./markup.ts";
import type { ComponentGroup, ObjectGroup, Place } from "./model.ts";
import { ruleLink } from "./rules.ts";
import { tallyMarkup, totalOf } from "./tally.ts";
import { objectName } from "./words.ts";

/** Every finding below its layer, component and object. */
export function findingsList(places: readonly Place[], door: Door): Markup {
  const used = places.filter(({ tally }) => totalOf(tally) > 0);
  if (used.length === 0) return html`<p class="empty">No findings.</p>\n`;
  return html`${used.map((place) => placeMarkup(place, door))}`;
}

function placeMarkup({ title, ordinal, components, tally }: Place, door: Door): Markup {
  const name = ordinal === undefined ? html`${title}` : html`<i>${ordinal}</i> ${title}`;
  return html`<section class="place">
<h3>${name} ${tallyMarkup(tally)}</h3>
${components.map((component) => componentMarkup(component, components.length > 1, door))}</section>
`;
}

function componentMarkup(
  { component, critical, objects, tally }: ComponentGroup,
  hasSiblings: boolean,
  door: Door,
): Markup {
  const rest = hasSiblings ? "Other objects" : "Objects";
  const note = critical ? html`<p class="critical">critical</p>` : undefined;
  return html`<div class="component"><div class="who"><h4>${component ?? rest}</h4>${note}<p>${tallyMarkup(tally)}</p></div>
<div class="objects">
${objects.map((group) => objectMarkup(group, component, door))}</div></div>
`;
}

function objectMarkup(
  { id, object, namespace, findings }: ObjectGroup,
  component: string | undefined,
  door: Door,
): Markup {
  return html`<article id="${id}" data-ns="${namespace}" data-c="${component}" tabindex="-1">
<h5><span>${object.kind}</span> ${objectName(object)}</h5>
<ul>
${findings.map((finding) => findingMarkup(finding, door))}</ul>
</article>
`;
}

function findingMarkup(finding: ReportFinding, door: Door): Markup {
  const { mode, practice, rule, message, fix, path, source, fixable } = finding;
  const where = path === "" ? undefined : html` <code>${path}</code>`;
  const file =
    source === undefined
      ? undefined
      : html` <code class="file">${source.file}:${source.line}</code>`;
  const filled = fixable
    ? html` <span class="tag">${door === "check" ? "--fix writes it" : "admission adds it"}</span>`
    : undefined;
  return html`<li data-m="${mode}" data-p="${practice}" data-r="${rule}"><b class="mark ${mode}">${mode}</b><div><p class="msg">${message}</p><p class="fix">Fix: ${fix}${filled}</p><p class="at">${ruleLink(rule)}${file}${where}</p></div></li>
`;
}
