import { scaleTargetOf } from "./autoscaling.ts";
import { BUDGETED_KINDS, podGroupsOf } from "./disruption-pods.ts";
import { type JsonObject, own, ownArray, ownObject, ownString } from "./json.ts";
import type { GroupKind } from "./kinds.ts";
import { isDefaultDeny } from "./network-policy.ts";
import { labelsOf, specOf } from "./object.ts";
import { controllerOf } from "./owner.ts";
import { ROLLOUT_KINDS, rolloutOf } from "./rollout.ts";
import { isNullSelector } from "./selector.ts";

/** An object where it lives; `namespace` is "" for cluster-scoped kinds. */
export interface Indexed {
  readonly kind: GroupKind;
  readonly namespace: string;
  readonly object: JsonObject;
}

/** A look-up from one object to those that refer to it, which spares a walk over all of a kind. */
export interface Index {
  readonly kinds: readonly GroupKind[];
  /** Under which keys an object is found; none leaves it out. */
  keys(place: Indexed): readonly string[];
}

/**
 * - `scale-target`: autoscalers of a workload, by `scaleTargetKey`
 * - `owner`: revisions that a controller retains of a workload, and Jobs of a CronJob, by `ownerKey`
 * - `cluster`: backups of a CloudNativePG Cluster, by `nameKey`
 * - `snapshot-source`: snapshots of a PersistentVolumeClaim, by `nameKey`
 * - `unsettled`: workloads in motion or not sound, of all namespaces, by `ALL`
 * - `default-deny`: NetworkPolicies that let nothing in, by namespace
 * - `cluster-ip`: Services by each of their addresses
 * - `label`: Services with a label of their own, by `labelKey`
 * - `pod-label`: what has Pods with a label, by `labelKey`
 */
export type IndexName =
  | "scale-target"
  | "owner"
  | "cluster"
  | "snapshot-source"
  | "unsettled"
  | "default-deny"
  | "cluster-ip"
  | "label"
  | "pod-label";

/** The one key of an index that only tells some objects from all the others. */
export const ALL = "";

export const INDEXES: Readonly<Record<IndexName, Index>> = {
  "scale-target": {
    kinds: ["HorizontalPodAutoscaler.autoscaling", "ScaledObject.keda.sh"],
    keys({ namespace, object }) {
      const target = scaleTargetOf(object);
      return target === undefined ? [] : [scaleTargetKey(namespace, target.kind, target.name)];
    },
  },
  owner: {
    kinds: ["ReplicaSet.apps", "ControllerRevision.apps", "Job.batch"],
    keys({ namespace, object }) {
      const owner = controllerOf(object);
      return owner === undefined ? [] : [ownerKey(namespace, owner.kind, owner.name)];
    },
  },
  cluster: {
    kinds: ["Backup.postgresql.cnpg.io"],
    keys({ namespace, object }) {
      const name = ownString(ownObject(specOf(object), "cluster"), "name");
      return name === undefined ? [] : [nameKey(namespace, name)];
    },
  },
  "snapshot-source": {
    kinds: ["VolumeSnapshot.snapshot.storage.k8s.io"],
    keys({ namespace, object }) {
      const source = ownObject(specOf(object), "source");
      const name = ownString(source, "persistentVolumeClaimName");
      return name === undefined ? [] : [nameKey(namespace, name)];
    },
  },
  unsettled: {
    kinds: ROLLOUT_KINDS,
    keys: ({ kind, object }) => (rolloutOf(kind, object)?.phase === "settled" ? [] : [ALL]),
  },
  "default-deny": {
    kinds: ["NetworkPolicy.networking.k8s.io"],
    keys: ({ namespace, object }) => (isDefaultDeny(object) ? [namespace] : []),
  },
  "cluster-ip": {
    kinds: ["Service"],
    keys: ({ object }) => clusterAddressesOf(object),
  },
  label: {
    kinds: ["Service"],
    keys: ({ namespace, object }) => labelKeys(namespace, labelsOf(object)),
  },
  "pod-label": {
    kinds: [...BUDGETED_KINDS, "Pod"],
    keys: ({ kind, namespace, object }) => [
      ...new Set(podLabelsOf(kind, object).flatMap((labels) => labelKeys(namespace, labels))),
    ],
  },
};

export function nameKey(namespace: string, name: string): string {
  return `${namespace}/${name}`;
}

export function scaleTargetKey(namespace: string, kind: GroupKind, name: string): string {
  return `${namespace}/${kind}/${name}`;
}

export function ownerKey(namespace: string, kind: GroupKind, name: string): string {
  return `${namespace}/${kind}/${name}`;
}

export function labelKey(namespace: string, key: string, value: string): string {
  return `${namespace}/${key}=${value}`;
}

/** The keys of all pairs that are legal labels. */
export function labelKeys(namespace: string, labels: JsonObject | undefined): readonly string[] {
  return Object.entries(labels ?? {}).flatMap(([key, value]) =>
    typeof value === "string" ? [labelKey(namespace, key, value)] : [],
  );
}

/** The labels of the Pods that an object is or makes; more than one set where they differ. */
export function podLabelsOf(
  kind: GroupKind,
  object: JsonObject,
): readonly (JsonObject | undefined)[] {
  if (kind === "Pod") return [labelsOf(object)];
  return podGroupsOf(kind, object).map(({ labels }) => labels);
}

/** Kinds that select Pods of their own namespace, with where the selector is. */
const selectors: ReadonlyMap<GroupKind, (object: JsonObject) => unknown> = new Map([
  ["PodDisruptionBudget.policy", (object) => own(specOf(object), "selector")],
  ["Service", serviceSelector],
]);

function clusterAddressesOf(service: JsonObject): readonly string[] {
  const spec = specOf(service);
  const addresses = [own(spec, "clusterIP"), ...ownArray(spec, "clusterIPs")];
  return [...new Set(addresses.filter((address) => typeof address === "string"))];
}

/** A Service without selector has its endpoints written by somebody else. */
function serviceSelector(object: JsonObject): unknown {
  const matchLabels = ownObject(specOf(object), "selector");
  const isEmpty = matchLabels === undefined || Object.keys(matchLabels).length === 0;
  return isEmpty ? undefined : { matchLabels };
}

/** The metav1.LabelSelector of a kind that selects Pods; undefined when it selects none. */
export function podSelectorOf(kind: GroupKind, object: JsonObject): unknown {
  const selector = selectors.get(kind)?.(object);
  return isNullSelector(selector) ? undefined : selector;
}

export function isPodSelecting(kind: GroupKind): boolean {
  return selectors.has(kind);
}
