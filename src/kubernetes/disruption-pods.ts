import type { JsonObject } from "./json.ts";
import { ownObject } from "./json.ts";
import type { GroupKind } from "./kinds.ts";
import { nameOf, specOf } from "./object.ts";
import { selects } from "./selector.ts";
import { podTemplateOf } from "./workload.ts";

/** Kinds whose Pods a PodDisruptionBudget may select, as far as their labels can be foretold. */
export const BUDGETED_KINDS: readonly GroupKind[] = [
  "Deployment.apps",
  "StatefulSet.apps",
  "DaemonSet.apps",
  "ReplicationController",
  "Cluster.postgresql.cnpg.io",
];

/** Pods of a workload that carry the same labels. */
export interface PodGroup {
  readonly labels: JsonObject | undefined;
  /** How many of the workload's `replicas` are in it. */
  readonly count: (replicas: number) => number;
}

/**
 * The Pods that a workload makes. A CloudNativePG cluster makes one primary and replicas, told
 * apart by label (pkg/utils/labels_annotations.go); the others label all alike.
 */
export function podGroupsOf(kind: GroupKind, object: JsonObject): readonly PodGroup[] {
  if (kind === "Cluster.postgresql.cnpg.io") return instanceGroups(object);
  const template = podTemplateOf(kind, object);
  return template === undefined ? [] : [{ labels: template.labels, count: (replicas) => replicas }];
}

function instanceGroups(cluster: JsonObject): readonly PodGroup[] {
  const inherited = ownObject(ownObject(specOf(cluster), "inheritedMetadata"), "labels");
  const labels = (role: string): JsonObject => ({
    ...inherited,
    "cnpg.io/cluster": nameOf(cluster) ?? "",
    "cnpg.io/podRole": "instance",
    "cnpg.io/instanceRole": role,
    role,
  });
  return [
    { labels: labels("primary"), count: (replicas) => Math.min(replicas, 1) },
    { labels: labels("replica"), count: (replicas) => Math.max(replicas - 1, 0) },
  ];
}

/** The groups of a workload that a selector selects. */
export function selectedGroups(
  selector: unknown,
  kind: GroupKind,
  object: JsonObject,
): readonly PodGroup[] {
  return podGroupsOf(kind, object).filter(({ labels }) => selects(selector, labels));
}
