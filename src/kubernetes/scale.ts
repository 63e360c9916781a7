import { asObject, type JsonObject, own, ownArray, ownString } from "./json.ts";
import type { GroupKind } from "./kinds.ts";
import { annotationOf, metadataOf, specOf } from "./object.ts";

/** Custom resources that say how many Pods their operator keeps, under spec.instances. */
export const INSTANCE_KINDS: readonly GroupKind[] = [
  "Cluster.postgresql.cnpg.io",
  "Keycloak.k8s.keycloak.org",
];

/** The key under `spec` that says how many Pods there shall be; the same default of 1 for all. */
export function replicasKey(kind: GroupKind): "replicas" | "instances" {
  return INSTANCE_KINDS.includes(kind) ? "instances" : "replicas";
}

/** What is asked for: spec.replicas or spec.instances, 1 where it is absent. */
export function replicasOf(kind: GroupKind, object: JsonObject): number {
  return countOf(own(specOf(object), replicasKey(kind))) ?? 1;
}

/** Scale.spec.replicas (autoscaling/v1) is left out of the JSON when it is 0. */
export function replicasOfScale(scale: JsonObject): number {
  return countOf(own(specOf(scale), "replicas")) ?? 0;
}

/** The object as it will be once its scale is set. */
export function withReplicas(kind: GroupKind, object: JsonObject, replicas: number): JsonObject {
  return { ...object, spec: { ...specOf(object), [replicasKey(kind)]: replicas } };
}

/** A whole number of Pods; undefined for null, absent and nonsense. */
export function countOf(value: unknown): number | undefined {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 ? value : undefined;
}

const LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

/**
 * Whether the author provably left spec.replicas out, though the API server has filled in 1: the
 * manifest has none, the one that kubectl applied has none, or somebody applied it server-side
 * and nobody owns the field. Unknown counts as written.
 */
export function isReplicasOmitted(object: JsonObject): boolean {
  const replicas = own(specOf(object), "replicas");
  if (replicas === undefined || replicas === null) return true;
  const applied = annotationOf(object, LAST_APPLIED);
  if (applied !== undefined) return isOmittedIn(applied);
  return isUnowned(object);
}

/** Read for this one question only: it may hold a whole manifest, and must never be shown. */
function isOmittedIn(applied: string): boolean {
  try {
    const manifest = asObject(JSON.parse(applied));
    const replicas = own(asObject(own(manifest, "spec")), "replicas");
    return manifest !== undefined && (replicas === undefined || replicas === null);
  } catch {
    return false;
  }
}

function isUnowned(object: JsonObject): boolean {
  let isApplied = false;
  for (const entry of ownArray(metadataOf(object), "managedFields")) {
    const fields = asObject(entry);
    if (ownString(fields, "operation") === "Apply") isApplied = true;
    const spec = asObject(own(asObject(own(fields, "fieldsV1")), "f:spec"));
    if (own(spec, "f:replicas") !== undefined) return false;
  }
  return isApplied;
}
