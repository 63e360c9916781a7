import { z } from "zod";
import { overrideAdvice } from "../../engine/override-advice.ts";
import { defineRule, type Finding, type RuleContext } from "../../engine/rule.ts";
import type { Location } from "../../kubernetes/location.ts";
import { isAutoscalerRequest } from "./autoscaler-request.ts";
import { type ComponentRank, capOf } from "./component-rank.ts";
import { workloadKey } from "./minimum-text.ts";
import { AUTOSCALERS, SCALED_KINDS } from "./scene.ts";
import { situationOf } from "./situation.ts";
import {
  hibernationLocation,
  isHibernated,
  isWrittenZero,
  minimumLocation,
} from "./written-zero.ts";

const ID = "ha-scale-to-zero";

export default defineRule({
  id: ID,
  title: "Critical components are not scaled to zero",
  why: "Scaling to zero is an outage that somebody asked for; a planned one is granted for a day by an override of the policy, everything else is a slip of the hand.",
  practice: "high-availability",
  since: "0.1.0",
  targets: [
    { kinds: [...SCALED_KINDS, ...AUTOSCALERS], operations: ["CREATE", "UPDATE"] },
    {
      kinds: ["Deployment.apps", "StatefulSet.apps", "Cluster.postgresql.cnpg.io"],
      operations: ["UPDATE"],
      subresource: "scale",
    },
  ],
  needs: AUTOSCALERS,
  consults: SCALED_KINDS,
  mode: "enforce",
  modeNote: "an inferred component: warn",
  reads: [
    "metadata.labels",
    "metadata.annotations",
    "TP.metadata.labels",
    "TP.spec.containers",
    "spec.replicas",
    "spec.instances",
    "spec.scaleTargetRef",
    "spec.minReplicas",
    "spec.minReplicaCount",
    "spec.idleReplicaCount",
  ],
  params: z.strictObject({}),
  check(context) {
    if (isAutoscalerRequest(context.subject)) return [];
    const situation = situationOf(context);
    if (!situation?.rank.isCritical) return [];
    const { rank, minimum } = situation;
    const key = workloadKey(situation.workload);
    const findings = isWrittenZero(context, minimum)
      ? [zero(context, rank, { location: minimumLocation(context, minimum), key })]
      : [];
    if (isHibernated(context)) {
      const place = { location: hibernationLocation(), key: `hibernated ${key}` };
      findings.push(zero(context, rank, place));
    }
    return findings;
  },
});

function zero(
  { subject, now }: RuleContext,
  rank: ComponentRank,
  place: { readonly location: Location; readonly key: string },
): Finding {
  const override = overrideAdvice(ID, subject, now);
  return {
    message: `scaling ${rank.shown} to 0 needs a maintenance grant`,
    fix: `keep ${rank.minReplicas} or more, or grant it by an override of the policy: ${override}`,
    ...place,
    ...capOf(rank),
  };
}
