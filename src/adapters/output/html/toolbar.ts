import type { Report } from "../../../usecases/report.ts";
import { html, type Markup } from "./markup.ts";
import type { ObjectGroup, Place } from "./model.ts";
import { MODES } from "./tally.ts";
import { PRACTICE_TITLES } from "./words.ts";

/** Filters; the script shows them, because without it they could do nothing. */
export function toolbar(report: Report, places: readonly Place[]): Markup {
  const { summary, practices, findings } = report;
  const objects = places.flatMap(({ components }) => components.flatMap((one) => one.objects));
  const modes = MODES.map(
    (mode) =>
      html`<label><input type="checkbox" name="mode" value="${mode}" checked> <span class="mark ${mode}">${mode} ${summary[mode]}</span></label>\n`,
  );
  const found = practices.filter((practice) => practice.findings > 0);
  const rules = [...new Set(findings.map(({ rule }) => rule))].sort();
  return html`<form id="filters" class="script" role="search" aria-label="Filter the findings" hidden>
<label class="search"><span>Search</span> <input type="search" id="search" autocomplete="off" spellcheck="false" placeholder="name, message, path, file" aria-keyshortcuts="/"><kbd aria-hidden="true">/</kbd></label>
<fieldset><legend>Mode</legend>
${modes}</fieldset>
${choice(
  "practice",
  "Practice",
  found.map(({ id }) => option(id, PRACTICE_TITLES[id])),
)}${choice("namespace", "Namespace", namespaces(objects))}${choice(
  "rule",
  "Rule",
  rules.map((rule) => option(rule, rule)),
)}<p class="result"><output id="shown" aria-live="polite"></output> <button type="button" id="only" hidden></button> <button type="button" id="clear" disabled aria-keyshortcuts="Escape">Clear</button></p>
</form>
`;
}

function choice(name: string, label: string, options: readonly Markup[]): Markup {
  return html`<label><span>${label}</span> <select id="${name}"><option value="">all</option>${options}</select></label>
`;
}

function option(value: string, label: string): Markup {
  return html`<option value="${value}">${label}</option>`;
}

function namespaces(objects: readonly ObjectGroup[]): readonly Markup[] {
  const names = [...new Set(objects.map(({ namespace }) => namespace))].filter(Boolean).sort();
  return names.map((name) => option(name, name));
}
