import type { InventoryWorkload } from "../../../usecases/inventory.ts";
import { html, type Markup, plural } from "./markup.ts";
import { type ObjectGroup, objectKey, type Place } from "./model.ts";
import { compareTallies, MODES, type Tally, tallyOf, totalOf, worstOf } from "./tally.ts";

/** A namespace shows this many boxes; the rest is one click away. */
const SHOWN = 12;

/** The layers, lowest first, with their namespaces and what is wrong where. */
export function mapSection(places: readonly Place[]): Markup | undefined {
  if (!places.some(({ inventory }) => inventory !== undefined)) return undefined;
  return html`<section class="map" aria-labelledby="map">
<h2 id="map">Layers</h2>
<p class="hint">Lowest first, the order of upgrades. Each box is a workload, with its worst mode and its number of findings.</p>
<ol>
${places.map(layerMarkup)}</ol>
</section>
`;
}

function layerMarkup(place: Place): Markup {
  const { title, ordinal, tally } = place;
  const objects = place.components.flatMap((component) => component.objects);
  const number = ordinal === undefined ? undefined : html`<i aria-hidden="true">${ordinal}</i> `;
  return html`<li class="layer ${worstOf(tally)}"><div class="name"><h3>${number}${title}</h3><p>${
    totalOf(tally) === 0 ? "no findings" : plural(totalOf(tally), "finding")
  }</p></div>
<div class="spaces">
${namespacesOf(place, objects).map((namespace) => namespaceMarkup(namespace, place, objects))}</div></li>
`;
}

/** Those of the inventory and those that findings name; "" for what has none. */
function namespacesOf({ inventory }: Place, objects: readonly ObjectGroup[]): readonly string[] {
  const found = objects.map(({ namespace }) => namespace);
  return [...new Set([...(inventory?.namespaces ?? []), ...found])].sort();
}

function namespaceMarkup(
  namespace: string,
  { inventory }: Place,
  objects: readonly ObjectGroup[],
): Markup {
  const groups = new Map(
    objects
      .filter((group) => group.namespace === namespace)
      .map((group) => [objectKey(group.object), group]),
  );
  const boxes = (inventory?.workloads ?? [])
    .filter(({ object }) => object.namespace === namespace)
    .map((workload) => ({ workload, group: groups.get(objectKey(workload.object)) }))
    .sort((left, right) => compareTallies(tallyIn(left.group), tallyIn(right.group)));
  for (const { workload } of boxes) groups.delete(objectKey(workload.object));
  const items = boxes.map(({ workload, group }) => workloadMarkup(workload, group));
  if (groups.size > 0) items.splice(SHOWN, 0, othersMarkup([...groups.values()], boxes.length > 0));
  const rest = items.slice(SHOWN + 1);
  const more =
    rest.length === 0
      ? undefined
      : html`<details><summary>${rest.length} more</summary><ul>${rest}</ul></details>`;
  const name =
    namespace === ""
      ? undefined
      : html`<h4>${
          objects.some((group) => group.namespace === namespace)
            ? html`<a href="#findings" data-set="namespace" data-value="${namespace}">${namespace}</a>`
            : namespace
        }</h4>`;
  return html`<div class="space">${name}${
    items.length === 0 ? html`<p class="none">no workloads</p>` : undefined
  }<ul>${items.slice(0, SHOWN + 1)}</ul>${more}</div>
`;
}

const CLEAN: Tally = { enforce: 0, warn: 0, audit: 0 };

function tallyIn(group: ObjectGroup | undefined): Tally {
  return group?.tally ?? CLEAN;
}

function workloadMarkup(
  { object, component, critical }: InventoryWorkload,
  group: ObjectGroup | undefined,
): Markup {
  const kind = component === undefined ? `${object.kind}, no component` : object.name;
  const what = html`<span class="label">${component ?? object.name}${critical ? html` <span class="critical">critical</span>` : undefined}</span><span class="label id">${kind}</span>`;
  if (group === undefined) {
    return html`<li><span class="box clean">${what}<span class="mark pass"><span class="away">no findings</span></span></span></li>`;
  }
  return html`<li><a class="box ${worstOf(group.tally)}" href="#${group.id}" data-only="${group.id}" data-label="${object.kind} ${object.name}">${what}${badge(group.tally)}</a></li>`;
}

/** Services, budgets, claims: whatever has findings and is no workload. */
function othersMarkup(groups: readonly ObjectGroup[], hasSiblings: boolean): Markup {
  const tally = tallyOf(groups.flatMap(({ findings }) => findings));
  const ids = groups.map(({ id }) => id).join(" ");
  const [first] = groups;
  const what = plural(groups.length, hasSiblings ? "other object" : "object");
  return html`<li><a class="box ${worstOf(tally)}" href="#${first?.id}" data-only="${ids}" data-label="${what}"><span class="label">${what}</span>${badge(tally)}</a></li>`;
}

/** The worst mode and the number of findings; a screen reader hears all of them. */
function badge(tally: Tally): Markup {
  const spoken = MODES.filter((mode) => tally[mode] > 0).map((mode) => `${tally[mode]} ${mode}`);
  return html`<span class="mark ${worstOf(tally)}"><span aria-hidden="true">${totalOf(tally)}</span><span class="away">${spoken.join(", ")}</span></span>`;
}
