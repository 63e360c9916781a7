import type { ReportFinding } from "../../../usecases/report.ts";
import { html, type Markup } from "./markup.ts";

export type ShownMode = ReportFinding["mode"];

export const MODES = ["enforce", "warn", "audit"] as const satisfies readonly ShownMode[];

/** How many findings of each mode. */
export type Tally = Readonly<Record<ShownMode, number>>;

export const NO_FINDINGS: Tally = { enforce: 0, warn: 0, audit: 0 };

export function tallyOf(findings: Iterable<ReportFinding>): Tally {
  const tally = { ...NO_FINDINGS };
  for (const { mode } of findings) tally[mode]++;
  return tally;
}

export function worstOf(tally: Tally): ShownMode | undefined {
  return MODES.find((mode) => tally[mode] > 0);
}

export function totalOf({ enforce, warn, audit }: Tally): number {
  return enforce + warn + audit;
}

/** Worse first: by the number at enforce, then at warn, then at audit. */
export function compareTallies(left: Tally, right: Tally): number {
  return right.enforce - left.enforce || right.warn - left.warn || right.audit - left.audit;
}

/** `4 enforce, 2 warn`, each with its shape; for the eye and for a screen reader alike. */
export function tallyMarkup(tally: Tally): Markup {
  const parts = MODES.filter((mode) => tally[mode] > 0).map(
    (mode) => html`<span class="mark ${mode}">${tally[mode]} ${mode}</span>`,
  );
  return html`<span class="tally">${parts.map((part, index) => (index === 0 ? part : html` ${part}`))}</span>`;
}
