import type { Minimum } from "../../kubernetes/autoscaling.ts";
import { type JsonObject, ownString } from "../../kubernetes/json.ts";
import { nameOf } from "../../kubernetes/object.ts";
import { INSTANCE_KINDS } from "../../kubernetes/scale.ts";
import type { ComponentRank } from "./component-rank.ts";
import type { Workload } from "./scene.ts";

/** `1 replica`, `2 replicas`. */
export function replicaText(count: number): string {
  return `${count} ${count === 1 ? "replica" : "replicas"}`;
}

/** `HPA api`, `ScaledObject api`. */
export function autoscalerText(autoscaler: JsonObject): string {
  const kind = ownString(autoscaler, "kind") === "ScaledObject" ? "ScaledObject" : "HPA";
  return `${kind} ${nameOf(autoscaler) ?? ""}`;
}

/** What keeps the component below its minimum, with the cause by name. */
export function tooFewText(rank: ComponentRank, minimum: Minimum): string {
  return `${causeText(rank.shown, minimum)}, production minimum is ${rank.minReplicas}`;
}

function causeText(
  component: string,
  { autoscaler, source, replicas, isWritten }: Minimum,
): string {
  const few = replicaText(replicas);
  if (autoscaler === undefined) return `${component} runs ${few}`;
  const who = autoscalerText(autoscaler);
  switch (source) {
    case "switched-off":
      return `${component} runs ${few}, replicas 0 switches ${who} off`;
    case "paused-replicas":
      return `${component} is held at ${few} by ${who}, which is paused`;
    case "paused":
      return `${component} stands at ${few} while ${who} is paused`;
    case "idleReplicaCount":
      return `${component} idles at ${few} by ${who}`;
    default:
      return isWritten
        ? `${component} may run ${few} by ${source} of ${who}`
        : `${component} may run ${few} because ${who} has no ${source}`;
  }
}

export function tooFewFix({ minReplicas }: ComponentRank, minimum: Minimum, kind: string): string {
  const { autoscaler, source } = minimum;
  if (autoscaler === undefined) {
    return INSTANCE_KINDS.includes(kind)
      ? `set ${minReplicas} or more`
      : `set ${minReplicas}, or an HPA with minReplicas >= ${minReplicas}`;
  }
  const who = autoscalerText(autoscaler);
  switch (source) {
    case "switched-off":
      return `set replicas to ${minReplicas}`;
    case "paused-replicas":
      return `set paused-replicas of ${who} to ${minReplicas} or more`;
    case "paused":
      return `scale to ${minReplicas} before ${who} is paused`;
    case "idleReplicaCount":
      return `remove idleReplicaCount of ${who} and set minReplicaCount to ${minReplicas} or more`;
    default:
      return `set ${source} of ${who} to ${minReplicas} or more`;
  }
}

/** The same workload in the old and the new object. */
export function workloadKey({ kind, name }: Workload): string {
  return `${kind}/${name}`;
}
