import type { ClusterView } from "../engine/cluster-view.ts";
import { componentOf } from "../engine/component.ts";
import { layeredNamespaces } from "../engine/layered-namespaces.ts";
import type { Policy } from "../engine/policy.ts";
import { scopeOf } from "../engine/scope.ts";
import type { Subject } from "../engine/subject.ts";
import { WORKLOAD_KINDS, WORKLOAD_RESOURCES } from "../kubernetes/workload.ts";
import type { ReportObject } from "./report.ts";
import { objectOf } from "./report-entry.ts";
import { compareObjects } from "./report-order.ts";

/** Where components sit; for the layer map. */
export interface InventoryLayer {
  /** "" for what is outside the layers, which comes last. */
  readonly layer: string;
  readonly namespaces: readonly string[];
  readonly workloads: readonly InventoryWorkload[];
}

export interface InventoryWorkload {
  readonly object: ReportObject;
  readonly component?: string;
  readonly critical: boolean;
}

const OUTSIDE = "";

const WORKLOADS: ReadonlySet<string> = new Set([...WORKLOAD_KINDS, ...WORKLOAD_RESOURCES]);

/** Every layer of the policy, lowest first, with the workloads among what was judged. */
export function inventoryOf(
  policy: Policy,
  cluster: ClusterView,
  subjects: Iterable<Subject>,
): readonly InventoryLayer[] {
  const layers = new Map<string, { namespaces: Set<string>; workloads: InventoryWorkload[] }>();
  const names = [...policy.platform.layers.map(({ name }) => name), OUTSIDE];
  for (const name of names) layers.set(name, { namespaces: new Set(), workloads: [] });
  for (const { name, layer } of layeredNamespaces(policy.platform, cluster)) {
    layers.get(layer)?.namespaces.add(name);
  }
  for (const subject of subjects) {
    const component = componentOf(policy.platform, subject.object);
    // Of a custom resource that its operator turns into Pods the kind alone tells.
    if (!WORKLOADS.has(subject.kind) && component?.source !== "kind") continue;
    const entry = layers.get(scopeOf(policy, cluster, subject).layer ?? OUTSIDE);
    entry?.namespaces.add(subject.namespace);
    entry?.workloads.push({
      object: objectOf(subject),
      ...(component === undefined ? {} : { component: component.name }),
      critical: policy.platform.components.get(component?.name ?? "")?.critical ?? false,
    });
  }
  return [...layers]
    .map(([layer, { namespaces, workloads }]) => ({
      layer,
      namespaces: [...namespaces].sort(),
      workloads: onceEach(workloads),
    }))
    .filter(({ layer, workloads }) => layer !== OUTSIDE || workloads.length > 0);
}

/** In order; a file may hold an object that another file holds too. */
function onceEach(workloads: InventoryWorkload[]): readonly InventoryWorkload[] {
  return workloads
    .sort((left, right) => compareObjects(left.object, right.object))
    .filter(({ object }, index, sorted) => {
      const before = sorted[index - 1];
      return before === undefined || compareObjects(before.object, object) !== 0;
    });
}
