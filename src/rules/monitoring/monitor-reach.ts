import type { ClusterView } from "../../engine/cluster-view.ts";
import { layerOfNamespace } from "../../engine/layered-namespaces.ts";
import { selectedBy, servicesLabelled } from "../../engine/pod-labels.ts";
import type { RuleContext } from "../../engine/rule.ts";
import { BUDGETED_KINDS } from "../../kubernetes/disruption-pods.ts";
import { podLabelsOf } from "../../kubernetes/indexes.ts";
import { type JsonObject, own } from "../../kubernetes/json.ts";
import type { GroupKind } from "../../kubernetes/kinds.ts";
import { isTerminating, nameOf, namespaceOf, specOf } from "../../kubernetes/object.ts";
import {
  isMonitored,
  looksInto,
  monitoredNamespaces,
  monitorSelects,
  POD_MONITOR,
  SERVICE_MONITOR,
  serviceSelectorOf,
} from "../../kubernetes/scrape.ts";

/** What serves behind a Service or a PodMonitor. */
export const SCRAPED_KINDS: readonly GroupKind[] = BUDGETED_KINDS;

/** A workload that a monitor reaches. */
export interface ScrapeTarget {
  readonly kind: GroupKind;
  readonly namespace: string;
  readonly object: JsonObject;
}

/** The layer that a monitor looks into, where its own namespace has none. */
export function governedLayer(context: RuleContext): string | undefined {
  const { subject, object, platform, cluster, layer } = context;
  if (layer !== undefined) return undefined;
  const namespaces = monitoredNamespaces(object.raw, subject.namespace);
  if (namespaces === "any") return platform.layers[0]?.name;
  for (const name of namespaces) {
    const found = layerOfNamespace(platform, cluster, name);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** `any` means a walk over all namespaces; monitors are seldom written, and few say so. */
export function* namespacesOf(
  cluster: ClusterView,
  monitor: JsonObject,
  ownNamespace: string,
): Iterable<string> {
  const namespaces = monitoredNamespaces(monitor, ownNamespace);
  if (namespaces !== "any") {
    yield* namespaces;
    return;
  }
  const seen = new Set([ownNamespace]);
  yield ownNamespace;
  for (const object of cluster.list("Namespace")) {
    const name = nameOf(object);
    if (name !== undefined && !seen.has(name)) yield name;
  }
}

/** Services that a ServiceMonitor selects. */
export function* monitoredServices(
  cluster: ClusterView,
  monitor: JsonObject,
  ownNamespace: string,
): Iterable<{ readonly namespace: string; readonly service: JsonObject }> {
  for (const namespace of namespacesOf(cluster, monitor, ownNamespace)) {
    const selector = own(specOf(monitor), "selector");
    for (const service of servicesLabelled(cluster, namespace, selector)) {
      yield { namespace, service };
    }
  }
}

/** Workloads that a monitor of either kind reaches. */
export function* scrapeTargets(
  cluster: ClusterView,
  kind: GroupKind,
  monitor: JsonObject,
  ownNamespace: string,
): Iterable<ScrapeTarget> {
  if (kind === POD_MONITOR) {
    const selector = own(specOf(monitor), "selector");
    for (const namespace of namespacesOf(cluster, monitor, ownNamespace)) {
      yield* workloadsSelected(cluster, namespace, selector);
    }
    return;
  }
  for (const { namespace, service } of monitoredServices(cluster, monitor, ownNamespace)) {
    const matchLabels = serviceSelectorOf(service);
    if (matchLabels !== undefined) yield* workloadsSelected(cluster, namespace, { matchLabels });
  }
}

function* workloadsSelected(
  cluster: ClusterView,
  namespace: string,
  selector: unknown,
): Iterable<ScrapeTarget> {
  for (const kind of SCRAPED_KINDS) {
    for (const object of selectedBy(cluster, kind, namespace, selector)) {
      if (!isTerminating(object)) yield { kind, namespace, object };
    }
  }
}

/** Whether this monitor, wherever it lives, reaches the workload. */
export function reaches(
  cluster: ClusterView,
  kind: GroupKind,
  monitor: JsonObject,
  { kind: targetKind, namespace, object }: ScrapeTarget,
): boolean {
  if (!looksInto(monitor, namespaceOf(monitor) ?? "", namespace)) return false;
  for (const labels of podLabelsOf(targetKind, object)) {
    if (kind === POD_MONITOR && monitorSelects(monitor, labels)) return true;
    if (kind !== SERVICE_MONITOR) continue;
    for (const service of cluster.selecting("Service", namespace, labels)) {
      if (isMonitored(monitor, service)) return true;
    }
  }
  return false;
}
