import { kindWord } from "../../engine/policy.ts";
import type { Finding, RuleContext } from "../../engine/rule.ts";
import { HPA, maximumOf } from "../../kubernetes/autoscaling.ts";
import { field, ROOT } from "../../kubernetes/location.ts";
import { capOf } from "./component-rank.ts";
import { autoscalerText, replicaText, workloadKey } from "./minimum-text.ts";
import { minimumOf, scaledBy, sceneWith, type Workload } from "./scene.ts";
import { type Situation, scaledSituation } from "./situation.ts";

/** An autoscaler whose upper end is below the minimum. */
export function lowMaximum({ subject, object }: RuleContext, situation: Situation): Finding[] {
  const { rank, workload } = situation;
  const maximum = maximumOf(subject.kind, object.raw);
  if (maximum === undefined || maximum >= rank.minReplicas) return [];
  const key = subject.kind === HPA ? "maxReplicas" : "maxReplicaCount";
  const finding: Finding = {
    message: `${autoscalerText(object.raw)} allows ${rank.shown} at most ${replicaText(maximum)}, production minimum is ${rank.minReplicas}`,
    fix: `set ${key} to ${rank.minReplicas} or more`,
    location: field(ROOT, "spec", key),
    key: `max ${workloadKey(workload)}`,
    magnitude: rank.minReplicas - maximum,
    ...capOf(rank),
  };
  return [finding];
}

/** A workload that loses the autoscaler that gave it its minimum: deleted, or turned to another. */
export function lostMinimum(context: RuleContext): Finding[] {
  const { subject, object } = context;
  const isDeleted = subject.operation === "DELETE";
  const before = isDeleted ? object.raw : subject.old?.raw;
  if (before === undefined || object === subject.old) return [];
  const lost = scaledSituation(context, sceneWith(context, before), before);
  if (lost === undefined || lost.minimum.replicas < lost.rank.minReplicas) return [];
  const { workload, rank } = lost;
  const after = sceneWith(context, isDeleted ? undefined : object.raw);
  if (!isDeleted && isSameWorkload(scaledBy(object.raw, after), workload)) return [];
  const left = minimumOf(workload, after).replicas;
  if (left >= rank.minReplicas) return [];
  const finding: Finding = {
    message: `without ${autoscalerText(before)} ${rank.shown} runs ${replicaText(left)}, production minimum is ${rank.minReplicas}`,
    fix: `set replicas of ${kindWord(workload.kind)} ${workload.name} to ${rank.minReplicas} first`,
    location: field(ROOT, "spec", "scaleTargetRef"),
    key: `lost ${workloadKey(workload)}`,
    atMost: "warn",
  };
  return [finding];
}

function isSameWorkload(one: Workload | undefined, other: Workload): boolean {
  return one?.kind === other.kind && one.name === other.name;
}
