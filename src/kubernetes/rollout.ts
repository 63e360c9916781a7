import { conditionOf } from "./condition.ts";
import { parseTime } from "./duration.ts";
import { dig, type JsonObject, own, ownString } from "./json.ts";
import type { GroupKind } from "./kinds.ts";
import { metadataOf, specOf, statusOf } from "./object.ts";

/**
 * - `settled`: every Pod is of the newest revision and nothing is wrong
 * - `progressing`: Pods of another revision are still to be replaced, or nobody looked yet
 * - `failed`: the controller gave up (ProgressDeadlineExceeded)
 * - `degraded`: settled, but too few Pods are available
 */
export type RolloutPhase = "settled" | "progressing" | "failed" | "degraded";

export interface Rollout {
  readonly phase: RolloutPhase;
  /** `2 of 3 Pods updated`; "" when settled. */
  readonly detail: string;
  /** Time of its last progress in milliseconds, where the status tells. */
  readonly since?: number | undefined;
}

/** Kinds whose rollout can be told from their status. */
export const ROLLOUT_KINDS: readonly GroupKind[] = [
  "Deployment.apps",
  "StatefulSet.apps",
  "DaemonSet.apps",
  "Cluster.postgresql.cnpg.io",
];

const SETTLED: Rollout = { phase: "settled", detail: "" };

/** undefined for kinds that roll nothing out. Absent numbers of a status are 0. */
export function rolloutOf(kind: GroupKind, object: JsonObject): Rollout | undefined {
  switch (kind) {
    case "Deployment.apps":
      return deploymentRollout(object);
    case "StatefulSet.apps":
      return statefulSetRollout(object);
    case "DaemonSet.apps":
      return daemonSetRollout(object);
    case "Cluster.postgresql.cnpg.io":
      return clusterRollout(object);
    default:
      return undefined;
  }
}

/**
 * Not kubectl's `updatedReplicas < spec.replicas`: a scale-up by an autoscaler would look like a
 * rollout. A paused Deployment with a changed template has no updated Pods: progressing.
 */
function deploymentRollout(object: JsonObject): Rollout {
  if (isUnobserved(object)) return UNOBSERVED;
  const status = statusOf(object);
  const condition = conditionOf(object, "Progressing");
  const since = parseTime(own(condition, "lastUpdateTime") ?? own(condition, "lastTransitionTime"));
  const reason = ownString(condition, "reason");
  if (own(condition, "status") === "False" && reason === "ProgressDeadlineExceeded") {
    return { phase: "failed", detail: "ProgressDeadlineExceeded", since };
  }
  const updated = numberOf(status, "updatedReplicas");
  const replicas = numberOf(status, "replicas");
  const detail = `${updated} of ${replicas} Pods updated`;
  const isMoving = own(condition, "status") === "True" && reason !== "NewReplicaSetAvailable";
  if (updated < replicas || isMoving) return { phase: "progressing", detail, since };
  if (condition === undefined && !isComplete(object)) {
    const available = numberOf(status, "availableReplicas");
    return { phase: "progressing", detail: `${available} of ${wantedOf(object)} Pods available` };
  }
  if (own(conditionOf(object, "Available"), "status") === "False") {
    return { phase: "degraded", detail: `${numberOf(status, "availableReplicas")} Pods available` };
  }
  return SETTLED;
}

/** Without a progress deadline there is no condition to read. */
function isComplete(object: JsonObject): boolean {
  const wanted = wantedOf(object);
  const status = statusOf(object);
  return ["updatedReplicas", "replicas", "availableReplicas"].every(
    (key) => numberOf(status, key) === wanted,
  );
}

function wantedOf(deployment: JsonObject): number {
  return countOf(own(specOf(deployment), "replicas")) ?? 1;
}

/** A parked partition counts as progressing too; with OnDelete currentRevision never moves. */
function statefulSetRollout(object: JsonObject): Rollout {
  if (isUnobserved(object)) return UNOBSERVED;
  const status = statusOf(object);
  const updated = numberOf(status, "updatedReplicas");
  const replicas = numberOf(status, "replicas");
  const detail = `${updated} of ${replicas} Pods updated`;
  if (dig(specOf(object), "updateStrategy", "type") === "OnDelete") {
    return updated < replicas ? { phase: "progressing", detail } : SETTLED;
  }
  if (own(status, "updateRevision") === own(status, "currentRevision")) return SETTLED;
  const partition =
    countOf(dig(specOf(object), "updateStrategy", "rollingUpdate", "partition")) ?? 0;
  return {
    phase: "progressing",
    detail: partition > 0 ? `staged at partition ${partition}` : detail,
  };
}

function daemonSetRollout(object: JsonObject): Rollout {
  if (isUnobserved(object)) return UNOBSERVED;
  const status = statusOf(object);
  const updated = numberOf(status, "updatedNumberScheduled");
  const wanted = numberOf(status, "desiredNumberScheduled");
  if (updated >= wanted) return SETTLED;
  return { phase: "progressing", detail: `${updated} of ${wanted} Pods updated` };
}

const HEALTHY = "Cluster in healthy state";

function clusterRollout(object: JsonObject): Rollout {
  const status = statusOf(object);
  const condition = conditionOf(object, "Ready");
  const ready = numberOf(status, "readyInstances");
  const wanted = countOf(own(specOf(object), "instances")) ?? 1;
  const phase = ownString(status, "phase");
  const isReady = own(condition, "status") === "True";
  if (isReady && phase === HEALTHY && ready === wanted) return SETTLED;
  const detail = `${ready} of ${wanted} instances ready`;
  return {
    phase: "progressing",
    detail: phase === undefined || phase === HEALTHY ? detail : `${detail}, ${phase}`,
    since: isReady ? undefined : parseTime(own(condition, "lastTransitionTime")),
  };
}

const UNOBSERVED: Rollout = { phase: "progressing", detail: "its controller has not seen it yet" };

/** Its controller has not seen the newest spec yet. */
export function isUnobserved(object: JsonObject): boolean {
  const generation = countOf(own(metadataOf(object), "generation")) ?? 0;
  return generation > numberOf(statusOf(object), "observedGeneration");
}

function numberOf(object: JsonObject | undefined, key: string): number {
  return countOf(own(object, key)) ?? 0;
}

function countOf(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}
