import type { RuleContext } from "../../engine/rule.ts";
import { HPA, type Minimum } from "../../kubernetes/autoscaling.ts";
import { field, type Location, ROOT } from "../../kubernetes/location.ts";
import { annotationOf } from "../../kubernetes/object.ts";
import { replicasKey } from "../../kubernetes/scale.ts";
import { AUTOSCALERS } from "./scene.ts";

const HIBERNATION = "cnpg.io/hibernation";
const PAUSED_REPLICAS = "autoscaling.keda.sh/paused-replicas";

/** Whether the judged object itself asks for no Pods at all, not merely leaves it open. */
export function isWrittenZero({ subject }: RuleContext, minimum: Minimum): boolean {
  if (minimum.replicas > 0) return false;
  const { source, isWritten } = minimum;
  const isOwnCount = source === "replicas" || source === "switched-off" || source === "paused";
  return AUTOSCALERS.includes(subject.kind) ? !isOwnCount && isWritten : isOwnCount;
}

/** A hibernated CloudNativePG cluster keeps its volumes and runs no Pods. */
export function isHibernated({ subject, object }: RuleContext): boolean {
  if (subject.kind !== "Cluster.postgresql.cnpg.io" || subject.subresource !== "") return false;
  return annotationOf(object.raw, HIBERNATION) === "on";
}

export function hibernationLocation(): Location {
  return field(ROOT, "metadata", "annotations", HIBERNATION);
}

/** Where the judged object says how many Pods there are at least, or would say it. */
export function minimumLocation({ subject }: RuleContext, { source }: Minimum): Location {
  if (subject.subresource === "scale") return field(ROOT, "spec", "replicas");
  if (!AUTOSCALERS.includes(subject.kind)) return field(ROOT, "spec", replicasKey(subject.kind));
  if (subject.kind === HPA) return field(ROOT, "spec", "minReplicas");
  if (source === "paused-replicas") return field(ROOT, "metadata", "annotations", PAUSED_REPLICAS);
  if (source === "paused")
    return field(ROOT, "metadata", "annotations", "autoscaling.keda.sh/paused");
  return field(ROOT, "spec", source === "idleReplicaCount" ? source : "minReplicaCount");
}
