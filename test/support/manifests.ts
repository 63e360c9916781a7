import type { JsonObject } from "../../src/kubernetes/json.ts";
import { dig, own, ownObject, ownString } from "../../src/kubernetes/json.ts";
import { labelOf, metadataOf, nameOf, namespaceOf, specOf } from "../../src/kubernetes/object.ts";
import { rawObject } from "./builders.ts";

/** `component` or `layer`, as an object or its pod template declares it. */
export function namedOn(object: JsonObject, what: "component" | "layer"): string | undefined {
  const key = `policy.keymate.io/${what}`;
  const template = dig(object, "spec", "template", "metadata", "labels", key);
  return labelOf(object, key) ?? (typeof template === "string" ? template : undefined);
}

/** CustomResourceDefinitions as a cluster has them that takes these objects. */
export function resourcesOf(objects: readonly JsonObject[]): JsonObject[] {
  const groups = new Set(objects.map(groupOf).filter((group) => group.includes(".")));
  return [...groups].map((group) =>
    rawObject("apiextensions.k8s.io/v1", "CustomResourceDefinition", `things.${group}`, {
      spec: { group },
    }),
  );
}

/** As kubectl and the API server make it of a manifest, where rules can tell the difference. */
export function withDefaults(manifest: JsonObject): JsonObject {
  const annotations = ownObject(metadataOf(manifest), "annotations");
  const applied = { "kubectl.kubernetes.io/last-applied-configuration": JSON.stringify(manifest) };
  const metadata = { ...metadataOf(manifest), annotations: { ...annotations, ...applied } };
  const kind = ownString(manifest, "kind") ?? "";
  const isScaled = kind === "Deployment" || kind === "StatefulSet";
  const spec = isScaled ? { replicas: 1, ...specOf(manifest) } : own(manifest, "spec");
  return { ...manifest, metadata, ...(spec === undefined ? {} : { spec }) };
}

/** With the status of a workload whose last rollout is through. */
export function atRest(manifest: JsonObject): JsonObject {
  const { replicas, instances } = specOf(manifest) ?? {};
  switch (ownString(manifest, "kind")) {
    case "Deployment":
    case "StatefulSet": {
      const count = replicas ?? 1;
      const counts = { replicas: count, updatedReplicas: count, availableReplicas: count };
      const revisions = { currentRevision: "1", updateRevision: "1" };
      return { ...manifest, status: { ...counts, readyReplicas: count, ...revisions } };
    }
    case "Cluster": {
      const conditions = [{ type: "Ready", status: "True" }];
      const phase = "Cluster in healthy state";
      return { ...manifest, status: { conditions, phase, readyInstances: instances } };
    }
    default:
      return manifest;
  }
}

/** kustomize, api/internal/builtins/SortOrderTransformer.go: all else stands between the two. */
const FIRST = [
  "Namespace",
  "ResourceQuota",
  "StorageClass",
  "CustomResourceDefinition",
  "ServiceAccount",
  "PodSecurityPolicy",
  "Role",
  "ClusterRole",
  "RoleBinding",
  "ClusterRoleBinding",
  "ConfigMap",
  "Secret",
  "Endpoints",
  "Service",
  "LimitRange",
  "PriorityClass",
  "PersistentVolume",
  "PersistentVolumeClaim",
  "Deployment",
  "StatefulSet",
  "CronJob",
  "PodDisruptionBudget",
];

/** The order that `kustomize build` writes by default (legacy). */
export function kustomizeOrder(objects: readonly JsonObject[]): JsonObject[] {
  return [...objects].sort(
    (a, b) => rankOf(a) - rankOf(b) || compare(identityOf(a), identityOf(b)),
  );
}

function rankOf(object: JsonObject): number {
  const at = FIRST.indexOf(ownString(object, "kind") ?? "");
  return at < 0 ? FIRST.length : at;
}

function identityOf(object: JsonObject): string {
  const kind = ownString(object, "kind") ?? "";
  const version = ownString(object, "apiVersion") ?? "";
  const place = [namespaceOf(object) ?? "", nameOf(object) ?? ""];
  return [groupOf(object), version, kind, ...place].join(" ");
}

function groupOf(object: JsonObject): string {
  const [group = "", version] = (ownString(object, "apiVersion") ?? "").split("/");
  return version === undefined ? "" : group;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
