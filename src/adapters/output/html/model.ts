import type { InventoryLayer, InventoryWorkload } from "../../../usecases/inventory.ts";
import type { Report, ReportFinding, ReportObject } from "../../../usecases/report.ts";
import { compareTallies, MODES, type Tally, tallyOf } from "./tally.ts";

/** Everything that was found about one object. */
export interface ObjectGroup {
  /** Unique in the page. */
  readonly id: string;
  readonly object: ReportObject;
  readonly namespace: string;
  readonly findings: readonly ReportFinding[];
  readonly tally: Tally;
}

export interface ComponentGroup {
  /** undefined: objects that are no workload of a component. */
  readonly component: string | undefined;
  readonly critical: boolean;
  readonly objects: readonly ObjectGroup[];
  readonly tally: Tally;
}

/** A layer, or where else objects may be. */
interface Seat {
  readonly key: string;
  readonly title: string;
  /** From 1, for layers. */
  readonly ordinal?: number;
  readonly inventory?: InventoryLayer;
}

export interface Place extends Seat {
  readonly components: readonly ComponentGroup[];
  readonly tally: Tally;
}

const OUTSIDE = "outside";
const CLUSTER = "cluster";
const FILES = "files";

/** Findings by layer, component and object, the worst first; layers in their own order. */
export function placesOf(report: Report): readonly Place[] {
  const layers = report.inventory ?? [];
  const workloads = workloadsByObject(layers);
  const layerOf = new Map(
    layers.flatMap(({ layer, namespaces }) => namespaces.map((name) => [name, layer] as const)),
  );
  const byKey = Map.groupBy(objectsOf(report.findings), (group) => keyOf(group, layerOf));
  return seatsOf(layers, byKey).map((seat) => {
    const objects = byKey.get(seat.key) ?? [];
    return { ...seat, components: componentsOf(objects, workloads), tally: sum(objects) };
  });
}

function seatsOf(layers: readonly InventoryLayer[], used: ReadonlyMap<string, unknown>): Seat[] {
  const others: Seat[] = [
    { key: OUTSIDE, title: layers.length === 0 ? "Namespaces" : "Outside the layers" },
    { key: CLUSTER, title: "Cluster-wide" },
    { key: FILES, title: "Files that cannot be judged" },
  ];
  const outside = layers.find(({ layer }) => layer === "");
  return [
    ...layers
      .filter(({ layer }) => layer !== "")
      .map((inventory, index) => {
        const { layer } = inventory;
        return { key: layerKey(layer), title: layer, ordinal: index + 1, inventory };
      }),
    ...others
      .map((seat) => (seat.key === OUTSIDE && outside ? { ...seat, inventory: outside } : seat))
      .filter(({ key, inventory }) => inventory !== undefined || used.has(key)),
  ];
}

function keyOf({ object, namespace }: ObjectGroup, layers: ReadonlyMap<string, string>): string {
  if (object.kind === "File" && object.apiVersion === "") return FILES;
  if (namespace === "") return CLUSTER;
  const layer = layers.get(namespace);
  return layer ? layerKey(layer) : OUTSIDE;
}

function layerKey(layer: string): string {
  return `layer ${layer}`;
}

export function objectKey({ apiVersion, kind, namespace, name }: ReportObject): string {
  return JSON.stringify([apiVersion, kind, namespace ?? null, name]);
}

/** A Namespace belongs to itself; "" for what has none. */
function namespaceOf({ kind, namespace, name }: ReportObject): string {
  return namespace ?? (kind === "Namespace" ? name : "");
}

function objectsOf(findings: readonly ReportFinding[]): readonly ObjectGroup[] {
  const groups = Map.groupBy(findings, ({ object }) => objectKey(object));
  return [...groups.values()].flatMap((own, index) => {
    const object = own[0]?.object;
    if (object === undefined) return [];
    const worstFirst = MODES.flatMap((mode) => own.filter((finding) => finding.mode === mode));
    const namespace = namespaceOf(object);
    return { id: `o${index + 1}`, object, namespace, findings: worstFirst, tally: tallyOf(own) };
  });
}

function workloadsByObject(layers: readonly InventoryLayer[]): Map<string, InventoryWorkload> {
  const workloads = layers.flatMap((layer) => layer.workloads);
  return new Map(workloads.map((workload) => [objectKey(workload.object), workload]));
}

function componentsOf(
  objects: readonly ObjectGroup[],
  workloads: ReadonlyMap<string, InventoryWorkload>,
): readonly ComponentGroup[] {
  const workloadOf = ({ object }: ObjectGroup) => workloads.get(objectKey(object));
  const groups = Map.groupBy(objects, (group) => workloadOf(group)?.component);
  return [...groups]
    .map(([component, own]) => ({
      component,
      critical: own.some((group) => workloadOf(group)?.critical === true),
      objects: own.toSorted((left, right) => compareTallies(left.tally, right.tally)),
      tally: sum(own),
    }))
    .sort(
      (left, right) =>
        Number(left.component === undefined) - Number(right.component === undefined) ||
        compareTallies(left.tally, right.tally) ||
        compareNames(left.component ?? "", right.component ?? ""),
    );
}

function sum(groups: readonly ObjectGroup[]): Tally {
  return tallyOf(groups.flatMap(({ findings }) => findings));
}

function compareNames(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
