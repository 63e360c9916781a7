import { PREFIX } from "../../engine/platform.ts";
import { asArray, asObject, type JsonObject, own, ownObject } from "../../kubernetes/json.ts";
import { apiVersionOf, type GroupKind, groupKind, type KindInfo } from "../../kubernetes/kinds.ts";

/** How the cache keeps objects of one kind. */
export interface Projection {
  /** Nothing outside metadata is read, so the API server need not send it. */
  readonly metadataOnly: boolean;
  readonly project: (object: JsonObject) => JsonObject;
}

/**
 * Paths outside metadata that rules read, `[…]` naming the fields of list items. A kind that is
 * not listed keeps its whole spec.
 */
const keptPaths: Readonly<Record<GroupKind, readonly string[]>> = {
  Namespace: [],
  Pod: [],
  PersistentVolumeClaim: [],
  LimitRange: ["spec"],
  "Deployment.apps": workload("spec.template"),
  "StatefulSet.apps": workload("spec.template"),
  "DaemonSet.apps": workload("spec.template"),
  "CronJob.batch": workload("spec.jobTemplate.spec.template"),
  // Mostly made by the workloads above, of which they are copies.
  ReplicationController: ["spec.replicas", "spec.selector", "spec.template.metadata.labels"],
  "ReplicaSet.apps": [],
  "Job.batch": [],
  "Cluster.postgresql.cnpg.io": ["spec.instances", "spec.imageName", "spec.resources"],
  "Pooler.postgresql.cnpg.io": ["spec.instances", "spec.cluster", ...workload("spec.template")],
};

function workload(template: string): readonly string[] {
  const container = "[name,image,resources,restartPolicy]";
  return [
    "spec.replicas",
    "spec.selector",
    `${template}.metadata.labels`,
    `${template}.spec.containers${container}`,
    `${template}.spec.initContainers${container}`,
    `${template}.spec.resources`,
  ];
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

/** Beside our own annotations; it says which chart an object comes from. */
const HELM_RELEASE = "meta.helm.sh/release-name";

/** The projection of a kind; of the annotations only what rules read. */
export function projectionOf(kind: KindInfo): Projection {
  const name = groupKind(kind.group, kind.kind);
  const paths = (Object.hasOwn(keptPaths, name) ? keptPaths[name] : undefined) ?? ["spec"];
  const parsed = paths.map(parsePath);
  const apiVersion = apiVersionOf(kind);
  return {
    metadataOnly: paths.length === 0,
    project: (object) => {
      // Items of a list carry neither, and a metadata-only answer carries its own.
      const result: Record<string, unknown> = { apiVersion, kind: kind.kind };
      result["metadata"] = projectMetadata(ownObject(object, "metadata"));
      for (const path of parsed) copyPath(object, result, path);
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
  const annotations = Object.entries(ownObject(metadata, "annotations") ?? {}).filter(
    ([key]) => key.startsWith(PREFIX) || key === HELM_RELEASE,
  );
  if (annotations.length > 0) result["annotations"] = Object.fromEntries(annotations);
  return result;
}

interface KeptPath {
  readonly keys: readonly string[];
  /** Set for a list of which only these fields are kept. */
  readonly fields: readonly string[] | undefined;
}

function parsePath(path: string): KeptPath {
  const [keys = "", fields] = path.split("[");
  return { keys: keys.split("."), fields: fields?.slice(0, -1).split(",") };
}

function copyPath(
  from: JsonObject,
  to: Record<string, unknown>,
  { keys, fields }: KeptPath,
  index = 0,
): void {
  const key = keys[index];
  if (key === undefined) return;
  const value = own(from, key);
  if (value === undefined) return;
  if (index === keys.length - 1) {
    to[key] = fields === undefined ? value : cutItems(value, fields);
    return;
  }
  const child = asObject(value);
  if (child === undefined) return;
  const target = (to[key] ?? {}) as Record<string, unknown>;
  to[key] = target;
  copyPath(child, target, { keys, fields }, index + 1);
}

function cutItems(value: unknown, fields: readonly string[]): unknown {
  return asArray(value)?.map((item) =>
    Object.fromEntries(
      fields
        .map((field) => [field, own(asObject(item), field)] as const)
        .filter(([, content]) => content !== undefined),
    ),
  );
}
