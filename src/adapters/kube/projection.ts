import { PREFIX } from "../../engine/platform.ts";
import { type JsonObject, own, ownObject } from "../../kubernetes/json.ts";
import { apiVersionOf, type GroupKind, groupKind, type KindInfo } from "../../kubernetes/kinds.ts";

/** How the cache keeps objects of one kind. */
export interface Projection {
  /** Nothing outside metadata is read, so the API server need not send it. */
  readonly metadataOnly: boolean;
  readonly project: (object: JsonObject) => JsonObject;
}

/** Paths outside metadata that rules read. A kind that is not listed keeps its whole spec. */
const keptPaths: Readonly<Record<GroupKind, readonly string[]>> = {
  Namespace: [],
  Pod: [],
  PersistentVolumeClaim: [],
  LimitRange: ["spec"],
  ReplicationController: workload("spec.template"),
  "Deployment.apps": workload("spec.template"),
  "StatefulSet.apps": workload("spec.template"),
  "DaemonSet.apps": workload("spec.template"),
  "ReplicaSet.apps": workload("spec.template"),
  "Job.batch": workload("spec.template"),
  "CronJob.batch": ["spec.jobTemplate.spec.template.metadata.labels"],
  "Cluster.postgresql.cnpg.io": ["spec.instances"],
  "Pooler.postgresql.cnpg.io": ["spec.instances", "spec.cluster"],
};

function workload(template: string): readonly string[] {
  return ["spec.replicas", "spec.selector", `${template}.metadata.labels`];
}

/** `resourceVersion` is what a new list is compared by. */
const keptMetadata = [
  "name",
  "namespace",
  "uid",
  "resourceVersion",
  "creationTimestamp",
  "deletionTimestamp",
  "labels",
  "ownerReferences",
];

/** The projection of a kind; of the annotations only our own. */
export function projectionOf(kind: KindInfo): Projection {
  const name = groupKind(kind.group, kind.kind);
  const paths = (Object.hasOwn(keptPaths, name) ? keptPaths[name] : undefined) ?? ["spec"];
  const split = paths.map((path) => path.split("."));
  const apiVersion = apiVersionOf(kind);
  return {
    metadataOnly: paths.length === 0,
    project: (object) => {
      // Items of a list carry neither, and a metadata-only answer carries its own.
      const result: Record<string, unknown> = { apiVersion, kind: kind.kind };
      result["metadata"] = projectMetadata(ownObject(object, "metadata"));
      for (const path of split) copyPath(object, result, path);
      return result;
    },
  };
}

function projectMetadata(metadata: JsonObject | undefined): JsonObject {
  const result: Record<string, unknown> = {};
  for (const key of keptMetadata) {
    const value = own(metadata, key);
    if (value !== undefined) result[key] = value;
  }
  const annotations = Object.entries(ownObject(metadata, "annotations") ?? {}).filter(([key]) =>
    key.startsWith(PREFIX),
  );
  if (annotations.length > 0) result["annotations"] = Object.fromEntries(annotations);
  return result;
}

function copyPath(
  from: JsonObject,
  to: Record<string, unknown>,
  path: readonly string[],
  index = 0,
): void {
  const key = path[index];
  if (key === undefined) return;
  const value = own(from, key);
  if (value === undefined) return;
  if (index === path.length - 1) {
    to[key] = value;
    return;
  }
  const child = ownObject(from, key);
  if (child === undefined) return;
  const target = (to[key] ?? {}) as Record<string, unknown>;
  to[key] = target;
  copyPath(child, target, path, index + 1);
}
