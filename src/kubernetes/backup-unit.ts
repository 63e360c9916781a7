import {
  asObject,
  asString,
  type JsonObject,
  own,
  ownArray,
  ownObject,
  ownString,
} from "./json.ts";
import type { GroupKind } from "./kinds.ts";
import { isTerminating, labelsOf, metadataOf, nameOf, specOf } from "./object.ts";
import type { ObjectLookup } from "./object-lookup.ts";
import { controllerOf } from "./owner.ts";
import { podTemplateOf } from "./workload.ts";

export const CNPG_CLUSTER: GroupKind = "Cluster.postgresql.cnpg.io";
const STATEFUL_SET: GroupKind = "StatefulSet.apps";
const CLAIM: GroupKind = "PersistentVolumeClaim";

/** What has its data backed up as a whole, or not at all. */
export interface BackupUnit {
  readonly kind: GroupKind;
  readonly namespace: string;
  readonly name: string;
  readonly object: JsonObject;
  /** Its volumes, as far as what may be backed up about them depends on it. */
  readonly volumes: readonly UnitVolume[];
}

/** A claim, or the template of claims, and the Pods that mount it. */
export interface UnitVolume {
  readonly labels: JsonObject | undefined;
  readonly mounts: readonly VolumeMount[];
}

export interface VolumeMount {
  /** Name of the volume in the Pod. */
  readonly volume: string;
  readonly podLabels: JsonObject | undefined;
  readonly podAnnotations: JsonObject | undefined;
}

/** What mounts claims that exist on their own. */
const MOUNTING_KINDS: readonly GroupKind[] = [
  "Pod",
  "Deployment.apps",
  "StatefulSet.apps",
  "DaemonSet.apps",
];

/** Clusters, then StatefulSets with claim templates, then mounted claims that belong to neither. */
export function* backupUnitsOf(lookup: ObjectLookup, namespace: string): Iterable<BackupUnit> {
  for (const object of lookup.list(CNPG_CLUSTER, namespace))
    yield* unitOf(CNPG_CLUSTER, object, namespace);
  const templates: string[] = [];
  for (const object of lookup.list(STATEFUL_SET, namespace)) {
    for (const name of claimTemplateNames(object)) templates.push(`${name}-${nameOf(object)}-`);
    yield* unitOf(STATEFUL_SET, object, namespace);
  }
  yield* claimUnits(lookup, namespace, templates);
}

/** One Cluster or StatefulSet as a unit; none when it keeps no data or is being deleted. */
export function* unitOf(
  kind: GroupKind,
  object: JsonObject,
  namespace: string,
): Iterable<BackupUnit> {
  const name = nameOf(object);
  if (name === undefined || isTerminating(object)) return;
  const volumes = kind === CNPG_CLUSTER ? [clusterVolume(name)] : templateVolumes(object);
  if (volumes.length > 0) yield { kind, namespace, name, object, volumes };
}

/** spec.volumeClaimTemplates[*].metadata.name of a StatefulSet. */
export function claimTemplateNames(object: JsonObject): string[] {
  return claimTemplates(object).flatMap((template) => nameOf(template) ?? []);
}

function claimTemplates(object: JsonObject): JsonObject[] {
  return ownArray(specOf(object), "volumeClaimTemplates").flatMap((entry): JsonObject[] => {
    const template = asObject(entry);
    return template === undefined ? [] : [template];
  });
}

/** The operator labels the Pods and claims that it makes. */
function clusterVolume(name: string): UnitVolume {
  const labels = { "cnpg.io/cluster": name };
  return {
    labels,
    mounts: [{ volume: "pgdata", podLabels: labels, podAnnotations: undefined }],
  };
}

/** The StatefulSet controller lays the selector's labels over those of the template. */
function templateVolumes(object: JsonObject): UnitVolume[] {
  const template = podTemplateOf(STATEFUL_SET, object);
  const selected = ownObject(ownObject(specOf(object), "selector"), "matchLabels");
  const podAnnotations = ownObject(ownObject(template?.raw, "metadata"), "annotations");
  return claimTemplates(object).map((claim) => ({
    labels: { ...labelsOf(claim), ...selected },
    mounts: [{ volume: nameOf(claim) ?? "", podLabels: template?.labels, podAnnotations }],
  }));
}

function* claimUnits(
  lookup: ObjectLookup,
  namespace: string,
  templates: readonly string[],
): Iterable<BackupUnit> {
  const claims = [...lookup.list(CLAIM, namespace)].filter(
    (claim) => !isTerminating(claim) && !isPartOfUnit(claim, templates),
  );
  if (claims.length === 0) return;
  const mounts = mountsByClaim(lookup, namespace);
  for (const object of claims) {
    const name = nameOf(object) ?? "";
    const mounted = mounts.get(name);
    if (mounted === undefined) continue;
    yield {
      kind: CLAIM,
      namespace,
      name,
      object,
      volumes: [{ labels: labelsOf(object), mounts: mounted }],
    };
  }
}

function isPartOfUnit(claim: JsonObject, templates: readonly string[]): boolean {
  if (controllerOf(claim)?.kind === CNPG_CLUSTER) return true;
  const name = nameOf(claim) ?? "";
  return templates.some(
    (prefix) => name.startsWith(prefix) && ordinal.test(name.slice(prefix.length)),
  );
}

const ordinal = /^\d+$/;

function mountsByClaim(lookup: ObjectLookup, namespace: string): Map<string, VolumeMount[]> {
  const mounts = new Map<string, VolumeMount[]>();
  for (const kind of MOUNTING_KINDS) {
    for (const object of lookup.list(kind, namespace)) {
      const template = podTemplateOf(kind, object);
      if (template === undefined) continue;
      const metadata = kind === "Pod" ? metadataOf(object) : ownObject(template.raw, "metadata");
      for (const [claim, volume] of mountedClaims(template.spec)) {
        const list = mounts.get(claim) ?? [];
        list.push({
          volume,
          podLabels: template.labels,
          podAnnotations: ownObject(metadata, "annotations"),
        });
        mounts.set(claim, list);
      }
    }
  }
  return mounts;
}

/** Claim and volume name of every claim that a Pod spec mounts. */
function mountedClaims(podSpec: JsonObject): [string, string][] {
  return ownArray(podSpec, "volumes").flatMap((entry): [string, string][] => {
    const volume = asObject(entry);
    const claim = asString(own(ownObject(volume, "persistentVolumeClaim"), "claimName"));
    return claim === undefined ? [] : [[claim, ownString(volume, "name") ?? ""]];
  });
}
