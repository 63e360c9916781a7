import { plural } from "../../../engine/text.ts";
import type { Report } from "../../../usecases/report.ts";
import { html, type Markup } from "./markup.ts";
import { MODES } from "./tally.ts";
import { STATUS_WORDS, verdictSentence } from "./words.ts";

/** The verdict in one look: the word, the sentence behind it, the numbers. */
export function verdictSection(report: Report): Markup {
  const { summary } = report;
  const counts = MODES.map(
    (mode) => html`<li><b>${summary[mode]}</b> <span class="mark ${mode}">${mode}</span></li>`,
  );
  const skipped = summary.skipped;
  return html`<section class="verdict ${summary.verdict}" aria-labelledby="verdict">
<div>
<h1 id="verdict"><span class="mark ${summary.verdict}">${capitalized(STATUS_WORDS[summary.verdict])}</span></h1>
<p>${verdictSentence(report)}</p>
</div>
<ul class="counts" aria-label="Findings by mode">
${counts}<li><b>${skipped}</b> <span class="mark not-verified">not verified</span></li>
</ul>
</section>
`;
}

export function pageHeader({ door, policy, generatedAt, summary }: Report): Markup {
  const day = generatedAt.slice(0, 10);
  const minute = generatedAt.slice(11, 16);
  return html`<header class="page">
<p class="brand">Keymate Guard</p>
<dl>
<div><dt>Command</dt><dd>${door}</dd></div>
<div><dt>Policy</dt><dd>${policy}</dd></div>
<div><dt>Judged</dt><dd>${plural(summary.objects, "object")}</dd></div>
<div><dt>Created</dt><dd><time datetime="${generatedAt}">${day} ${minute} UTC</time></dd></div>
</dl>
<button type="button" id="theme" class="script" hidden>Dark</button>
</header>
`;
}

function capitalized(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
