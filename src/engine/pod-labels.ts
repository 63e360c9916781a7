import { labelKeys, podLabelsOf } from "../kubernetes/indexes.ts";
import { asObject, type JsonObject, ownObject } from "../kubernetes/json.ts";
import type { GroupKind } from "../kubernetes/kinds.ts";
import { labelsOf } from "../kubernetes/object.ts";
import { selects } from "../kubernetes/selector.ts";
import type { ClusterView } from "./cluster-view.ts";

/**
 * Objects of a kind in a namespace that are Pods, or make Pods, which the selector selects. Takes
 * the rarest of the labels that it asks for; one that asks for none has to walk the namespace.
 */
export function* selectedBy(
  cluster: ClusterView,
  kind: GroupKind,
  namespace: string,
  selector: unknown,
): Iterable<JsonObject> {
  if (asObject(selector) === undefined) return;
  for (const object of candidates(cluster, { kind, index: "pod-label" }, namespace, selector)) {
    if (podLabelsOf(kind, object).some((labels) => selects(selector, labels))) yield object;
  }
}

/** Services in a namespace whose own labels the selector selects, found alike. */
export function* servicesLabelled(
  cluster: ClusterView,
  namespace: string,
  selector: unknown,
): Iterable<JsonObject> {
  if (asObject(selector) === undefined) return;
  const where = { kind: "Service", index: "label" } as const;
  for (const object of candidates(cluster, where, namespace, selector)) {
    if (selects(selector, labelsOf(object))) yield object;
  }
}

interface Place {
  readonly kind: GroupKind;
  readonly index: "label" | "pod-label";
}

function candidates(
  cluster: ClusterView,
  { kind, index }: Place,
  namespace: string,
  selector: unknown,
): Iterable<JsonObject> {
  const keys = labelKeys(namespace, ownObject(asObject(selector), "matchLabels"));
  const sets = keys.map((key) => cluster.byIndex(kind, index, key));
  if (sets.length === 0) return cluster.list(kind, namespace);
  return sets.reduce((rarest, set) => (set.size < rarest.size ? set : rarest));
}
