import { z } from "zod";
import { PREFIX } from "../../engine/platform.ts";
import { defineRule, type Finding, type RuleContext } from "../../engine/rule.ts";
import { ageOf } from "../../kubernetes/age.ts";
import { HPA, type Minimum } from "../../kubernetes/autoscaling.ts";
import { annotationOf } from "../../kubernetes/object.ts";
import { isReplicasOmitted } from "../../kubernetes/scale.ts";
import { lostMinimum, lowMaximum } from "./autoscaler-findings.ts";
import { isAutoscalerRequest } from "./autoscaler-request.ts";
import { type ComponentRank, capOf } from "./component-rank.ts";
import { replicaText, tooFewFix, tooFewText, workloadKey } from "./minimum-text.ts";
import { AUTOSCALERS, SCALED_KINDS, type Workload } from "./scene.ts";
import { type Situation, situationOf } from "./situation.ts";
import { isWrittenZero, minimumLocation } from "./written-zero.ts";

const params = z.strictObject({
  graceMinutes: z
    .int()
    .nonnegative()
    .default(10)
    .describe(
      "minutes that a new workload without replicas of its own may wait for its autoscaler",
    ),
});

type Params = z.output<typeof params>;

const AUTOSCALED = `${PREFIX}autoscaled`;

export default defineRule({
  id: "ha-min-replicas",
  title: "Components run their minimum of replicas",
  why: "One replica is an outage with every node drain, crash and rollout; for an identity provider or a gateway that means nobody can sign in or reach anything.",
  practice: "high-availability",
  since: "0.1.0",
  targets: [
    { kinds: [...SCALED_KINDS, ...AUTOSCALERS], operations: ["CREATE", "UPDATE"] },
    {
      kinds: ["Deployment.apps", "StatefulSet.apps", "Cluster.postgresql.cnpg.io"],
      operations: ["UPDATE"],
      subresource: "scale",
    },
    { kinds: AUTOSCALERS, operations: ["DELETE"] },
  ],
  needs: AUTOSCALERS,
  consults: SCALED_KINDS,
  mode: "enforce",
  modeNote:
    "supporting and inferred components, replicas that were left out for an autoscaler to come, and deleting the autoscaler that gave the minimum: warn",
  reads: [
    "metadata.labels",
    "metadata.annotations",
    "TP.metadata.labels",
    "TP.spec.containers",
    "spec.replicas",
    "spec.instances",
    "spec.scaleTargetRef",
    "spec.minReplicas",
    "spec.maxReplicas",
    "spec.minReplicaCount",
    "spec.idleReplicaCount",
    "spec.maxReplicaCount",
  ],
  params,
  check(context) {
    const { subject } = context;
    if (isAutoscalerRequest(subject)) return [];
    if (subject.operation === "DELETE") return lostMinimum(context);
    const situation = situationOf(context);
    const findings = situation === undefined ? [] : tooFew(context, situation);
    if (!AUTOSCALERS.includes(subject.kind)) return findings;
    if (situation !== undefined) findings.push(...lowMaximum(context, situation));
    return [...findings, ...lostMinimum(context)];
  },
});

function tooFew(context: RuleContext<Params>, situation: Situation): Finding[] {
  const { subject, object } = context;
  const { workload, rank, minimum } = situation;
  if (minimum.replicas >= rank.minReplicas) return [];
  // The HPA is as it should be; replicas 0 is the fault of the workload.
  if (minimum.source === "switched-off" && subject.kind === HPA) return [];
  // ha-scale-to-zero says it. What was at 0 before still counts here, so that any step up is one.
  const isZero = rank.isCritical && isWrittenZero(context, minimum);
  if (isZero && object !== subject.old) return [];
  const finding: Finding = {
    message: tooFewText(rank, minimum),
    fix: tooFewFix(rank, minimum, workload.kind),
    location: minimumLocation(context, minimum),
    key: workloadKey(workload),
    magnitude: rank.minReplicas - minimum.replicas,
    ...capOf(rank),
  };
  return [
    awaitsAutoscaler(context, workload, minimum) ? awaiting(finding, rank, minimum) : finding,
  ];
}

/** The HPA usually arrives right after its Deployment. */
function awaitsAutoscaler(
  { subject, params, now }: RuleContext<Params>,
  { kind, object: { raw } }: Workload,
  { autoscaler }: Minimum,
): boolean {
  if (autoscaler !== undefined || subject.subresource !== "") return false;
  if (kind !== "Deployment.apps" && kind !== "StatefulSet.apps") return false;
  if (ageOf(raw, now) >= params.graceMinutes * 60_000) return false;
  return annotationOf(raw, AUTOSCALED) === "true" || isReplicasOmitted(raw);
}

function awaiting(finding: Finding, rank: ComponentRank, { replicas }: Minimum): Finding {
  const { shown, minReplicas } = rank;
  return {
    ...finding,
    message: `${shown} runs ${replicaText(replicas)} until an autoscaler is there, production minimum is ${minReplicas}`,
    fix: `apply its HPA with minReplicas >= ${minReplicas}, or set ${minReplicas}`,
    atMost: "warn",
  };
}
