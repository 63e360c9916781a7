import { plural } from "../../../engine/text.ts";
import type { ReportSkip } from "../../../usecases/report.ts";
import { othersBox, type WorkloadBox, workloadBox } from "./map-boxes.ts";
import { html, type Markup } from "./markup.ts";
import { type ObjectGroup, objectKey, type Place } from "./model.ts";
import { compareTallies, NO_FINDINGS, totalOf } from "./tally.ts";

/** A namespace shows this many boxes; the rest is one click away. */
const SHOWN = 12;

/** How many answers about an object could not be verified, by its key. */
type Doubts = ReadonlyMap<string, number>;

/** The layers, lowest first, with their namespaces and what is wrong where. */
export function mapSection(
  places: readonly Place[],
  skipped: readonly ReportSkip[],
): Markup | undefined {
  if (!places.some(({ inventory }) => inventory !== undefined)) return undefined;
  const doubts = new Map<string, number>();
  for (const { object } of skipped) {
    const key = objectKey(object);
    doubts.set(key, (doubts.get(key) ?? 0) + 1);
  }
  return html`<section class="map" aria-labelledby="map">
<h2 id="map">Layers</h2>
<p class="hint">Lowest first, the order of upgrades. Each box is a workload, with its worst mode and its number of findings.</p>
<ol>
${places.map((place) => layerMarkup(place, doubts))}</ol>
</section>
`;
}

function layerMarkup(place: Place, doubts: Doubts): Markup {
  const { title, ordinal, tally } = place;
  const objects = place.components.flatMap((component) => component.objects);
  const number = ordinal === undefined ? undefined : html`<i aria-hidden="true">${ordinal}</i> `;
  const namespaces = namespacesOf(place, objects).map((namespace) => {
    const own = objects.filter((group) => group.namespace === namespace);
    return namespaceMarkup(namespace, boxesOf(namespace, place, own, doubts), own);
  });
  return html`<li class="layer"><div class="name"><h3>${number}${title}</h3><p>${
    totalOf(tally) === 0 ? "no findings" : plural(totalOf(tally), "finding")
  }</p></div>
<div class="spaces">
${namespaces}</div></li>
`;
}

/** Those of the inventory and those that findings name; "" for what has none. */
function namespacesOf({ inventory }: Place, objects: readonly ObjectGroup[]): readonly string[] {
  const found = objects.map(({ namespace }) => namespace);
  return [...new Set([...(inventory?.namespaces ?? []), ...found])].sort();
}

/** The workloads of a namespace, the worst first; without findings those in doubt. */
function boxesOf(
  namespace: string,
  { inventory }: Place,
  objects: readonly ObjectGroup[],
  doubts: Doubts,
): readonly WorkloadBox[] {
  const groups = new Map(objects.map((group) => [objectKey(group.object), group]));
  return (inventory?.workloads ?? [])
    .filter(({ object }) => object.namespace === namespace)
    .map((workload) => {
      const key = objectKey(workload.object);
      return { workload, group: groups.get(key), doubts: doubts.get(key) ?? 0 };
    })
    .sort(
      (left, right) =>
        compareTallies(left.group?.tally ?? NO_FINDINGS, right.group?.tally ?? NO_FINDINGS) ||
        right.doubts - left.doubts,
    );
}

function namespaceMarkup(
  namespace: string,
  boxes: readonly WorkloadBox[],
  objects: readonly ObjectGroup[],
): Markup {
  const drawn = new Set(boxes.map(({ group }) => group));
  const others = objects.filter((group) => !drawn.has(group));
  const items = boxes.map(workloadBox);
  // Not among what is folded away: a box of its own.
  if (others.length > 0) items.splice(SHOWN, 0, othersBox(others, boxes.length > 0));
  const rest = items.slice(SHOWN + 1);
  const more = html`<details><summary>${rest.length} more</summary><ul>${rest}</ul></details>`;
  return html`<div class="space">${namespaceName(namespace, objects.length > 0)}${
    items.length === 0 ? html`<p class="none">no workloads</p>` : undefined
  }<ul>${items.slice(0, SHOWN + 1)}</ul>${rest.length > 0 ? more : undefined}</div>
`;
}

function namespaceName(namespace: string, hasFindings: boolean): Markup | undefined {
  if (namespace === "") return undefined;
  return hasFindings
    ? html`<h4><a href="#findings" data-set="namespace" data-value="${namespace}">${namespace}</a></h4>`
    : html`<h4>${namespace}</h4>`;
}
