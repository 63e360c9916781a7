import { plural } from "../../../engine/text.ts";
import type { InventoryWorkload } from "../../../usecases/inventory.ts";
import { html, type Markup } from "./markup.ts";
import type { ObjectGroup } from "./model.ts";
import { MODES, type Tally, tallyOf, totalOf, worstOf } from "./tally.ts";

export interface WorkloadBox {
  readonly workload: InventoryWorkload;
  /** undefined: nothing was found. */
  readonly group: ObjectGroup | undefined;
  /** Answers about it that could not be verified. */
  readonly doubts: number;
}

/** Leads to its findings, else to what could not be verified; an absence of both is no praise. */
export function workloadBox({ workload, group, doubts }: WorkloadBox): Markup {
  const { object, component, critical } = workload;
  const note = critical ? html` <span class="critical">critical</span>` : undefined;
  const name = component === undefined ? `${object.kind}, no component` : object.name;
  const what = html`<span class="label">${component ?? object.name}${note}</span><span class="label id">${name}</span>`;
  if (group !== undefined) {
    return html`<li><a class="box ${worstOf(group.tally)}" href="#${group.id}" data-only="${group.id}" data-label="${object.kind} ${object.name}">${what}${badge(group.tally)}</a></li>`;
  }
  if (doubts > 0) {
    return html`<li><a class="box doubt" href="#skipped">${what}<span class="mark not-verified">${doubts}<span class="away"> not verified</span></span></a></li>`;
  }
  return html`<li><span class="box">${what}<span class="none">0<span class="away"> findings</span></span></span></li>`;
}

/** Services, budgets, claims: whatever has findings and is no workload. */
export function othersBox(groups: readonly ObjectGroup[], hasSiblings: boolean): Markup {
  const tally = tallyOf(groups.flatMap(({ findings }) => findings));
  const ids = groups.map(({ id }) => id).join(" ");
  const what = plural(groups.length, hasSiblings ? "other object" : "object");
  return html`<li><a class="box ${worstOf(tally)}" href="#${groups[0]?.id}" data-only="${ids}" data-label="${what}"><span class="label">${what}</span>${badge(tally)}</a></li>`;
}

/** The worst mode and the number of findings; a screen reader hears all of them. */
function badge(tally: Tally): Markup {
  const spoken = MODES.filter((mode) => tally[mode] > 0).map((mode) => `${tally[mode]} ${mode}`);
  return html`<span class="mark ${worstOf(tally)}"><span aria-hidden="true">${totalOf(tally)}</span><span class="away">${spoken.join(", ")}</span></span>`;
}
