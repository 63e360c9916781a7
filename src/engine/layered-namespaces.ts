import { nameOf } from "../kubernetes/object.ts";
import type { ClusterView } from "./cluster-view.ts";
import { layerOf, type Platform } from "./platform.ts";
import type { Policy } from "./policy.ts";

export interface LayeredNamespace {
  readonly name: string;
  readonly layer: string;
}

/**
 * Every namespace that has a layer: those of the cluster, then those that only the policy names
 * (without a cluster its lists are the truth). Globs of the policy name nothing by themselves.
 */
export function* layeredNamespaces(
  platform: Platform,
  cluster: ClusterView,
): Iterable<LayeredNamespace> {
  const seen = new Set<string>();
  for (const object of cluster.list("Namespace")) {
    const name = nameOf(object) ?? "";
    seen.add(name);
    const layer = layerOf(platform, name, object);
    if (layer !== undefined) yield { name, layer };
  }
  for (const { name: layer, namespaces } of platform.layers) {
    for (const name of namespaces) {
      if (seen.has(name) || name.includes("*")) continue;
      seen.add(name);
      yield { name, layer };
    }
  }
}

/** The layer of any namespace, known to the cluster or only to the policy. */
export function layerOfNamespace(
  platform: Platform,
  cluster: ClusterView,
  name: string,
): string | undefined {
  return layerOf(platform, name, cluster.get("Namespace", "", name));
}

/** Nothing is refused until a layer is named; people who wonder why are told. */
export function namesNoLayer(cluster: ClusterView, { platform }: Policy): boolean {
  if (cluster.readability("Namespace") !== "readable") return false;
  for (const namespace of cluster.list("Namespace")) {
    if (layerOf(platform, nameOf(namespace) ?? "", namespace) !== undefined) return false;
  }
  return true;
}
