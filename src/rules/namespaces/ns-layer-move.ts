import { z } from "zod";
import type { ClusterView } from "../../engine/cluster-view.ts";
import { overrideAdvice } from "../../engine/override-advice.ts";
import { LAYER_LABEL, layerOf, type Platform } from "../../engine/platform.ts";
import { defineRule } from "../../engine/rule.ts";
import { plural } from "../../engine/text.ts";
import type { JsonObject } from "../../kubernetes/json.ts";
import { labelOf } from "../../kubernetes/object.ts";
import { controllerOf } from "../../kubernetes/owner.ts";
import { labelLocation, WORKLOADS } from "./component-place.ts";

const CLAIM = "PersistentVolumeClaim";

export default defineRule({
  id: "ns-layer-move",
  title: "A namespace in use keeps its layer",
  why: "Relabelling a namespace moves everything in it to another layer at once: the rules that guard a database are gone in one edit, without a single workload being touched.",
  practice: "namespaces",
  since: "0.1.0",
  targets: [{ kinds: ["Namespace"], operations: ["UPDATE"] }],
  needs: [...WORKLOADS, CLAIM],
  mode: "enforce",
  everywhere: true,
  reads: ["metadata.labels"],
  doors: ["admission"],
  params: z.strictObject({}),
  check({ subject, object, platform, cluster, now }) {
    const { old, namespace } = subject;
    if (old === undefined || object === old) return [];
    const layer = layerLeft(platform, namespace, old.raw, object.raw);
    if (layer === undefined) return [];
    const contents = contentsOf(cluster, namespace, layer) ?? unknownContents(cluster);
    if (contents === undefined) return [];
    return [
      {
        message: `namespace ${namespace} holds ${contents}`,
        fix: `move them first, or let it pass by an override of the policy: ${overrideAdvice("ns-layer-move", subject, now)}`,
        location: labelLocation(LAYER_LABEL),
        key: `moved:${layer}`,
      },
    ];
  },
});

/**
 * The layer that the namespace had and does not name any more. Dropping the label counts even where
 * the policy lists the namespace under the same layer: the label is what others select by.
 */
function layerLeft(
  platform: Platform,
  namespace: string,
  before: JsonObject,
  after: JsonObject,
): string | undefined {
  const layer = layerOf(platform, namespace, before);
  if (layer === undefined) return undefined;
  const label = labelOf(after, LAYER_LABEL);
  if (label === layer) return undefined;
  if (labelOf(before, LAYER_LABEL) !== undefined) return layer;
  return layerOf(platform, namespace, after) === layer ? undefined : layer;
}

/** `3 data workloads and 1 PersistentVolumeClaim`; undefined for an empty namespace. */
function contentsOf(cluster: ClusterView, namespace: string, layer: string): string | undefined {
  let workloads = 0;
  for (const kind of WORKLOADS) {
    for (const object of cluster.list(kind, namespace)) {
      if (!isCountedByOwner(cluster, namespace, object)) workloads++;
    }
  }
  let claims = 0;
  for (const _ of cluster.list(CLAIM, namespace)) claims++;
  const parts = [
    ...(workloads > 0 ? [plural(workloads, `${layer} workload`)] : []),
    ...(claims > 0 ? [plural(claims, CLAIM)] : []),
  ];
  return parts.length === 0 ? undefined : parts.join(" and ");
}

/** Nothing seen is not nothing there; the engine makes this a warning that it is not verified. */
function unknownContents(cluster: ClusterView): string | undefined {
  const unseen = [...WORKLOADS, CLAIM].some((kind) => cluster.readability(kind) === "unreadable");
  return unseen ? "what cannot be read at the moment" : undefined;
}

/** The Pods of a Deployment are not counted again; those of an owner that is gone still occupy. */
function isCountedByOwner(cluster: ClusterView, namespace: string, object: JsonObject): boolean {
  const owner = controllerOf(object);
  if (owner === undefined || !WORKLOADS.includes(owner.kind)) return false;
  return cluster.get(owner.kind, namespace, owner.name) !== undefined;
}
