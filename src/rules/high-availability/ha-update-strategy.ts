import { z } from "zod";
import { defineRule, type Finding, type RuleContext } from "../../engine/rule.ts";
import { rollingUpdateOf, unavailableInUpdate } from "../../kubernetes/disruption-rollout.ts";
import { intOrPercentText } from "../../kubernetes/int-or-percent.ts";
import { field, ROOT } from "../../kubernetes/location.ts";
import { rankOf } from "./component-rank.ts";
import { replicaText } from "./minimum-text.ts";
import { AUTOSCALERS, leastReplicas } from "./scene.ts";

export default defineRule({
  id: "ha-update-strategy",
  title: "An update leaves some replicas running",
  why: "Recreate and a generous maxUnavailable stop every replica before the first new one is ready, so each release is an outage, and a broken release a long one.",
  practice: "high-availability",
  since: "0.1.0",
  targets: [{ kinds: ["Deployment.apps"], operations: ["CREATE", "UPDATE"] }],
  needs: [],
  consults: AUTOSCALERS,
  mode: "warn",
  reads: [
    "metadata.labels",
    "metadata.annotations",
    "TP.metadata.labels",
    "TP.spec.containers",
    "spec.replicas",
    "spec.strategy",
  ],
  params: z.strictObject({}),
  check(context) {
    const { platform, object } = context;
    const rank = rankOf(platform, object);
    if (rank === undefined) return [];
    const replicas = leastReplicas(context);
    if (replicas === 0) return [];
    const cause = causeOf(context, replicas);
    if (cause === undefined) return [];
    const finding: Finding = {
      message: `an update takes every replica of ${rank.shown} down at once: ${cause.text}`,
      fix: "use RollingUpdate with maxUnavailable 0 and maxSurge 1",
      location: field(ROOT, "spec", "strategy", ...cause.path),
      key: "strategy",
    };
    return [finding];
  },
});

interface Cause {
  readonly text: string;
  readonly path: readonly string[];
}

function causeOf({ object }: RuleContext, replicas: number): Cause | undefined {
  const update = rollingUpdateOf(object.raw);
  if (update === undefined) return { text: "strategy Recreate", path: ["type"] };
  const unavailable = unavailableInUpdate(update, replicas);
  if (unavailable < replicas) return undefined;
  const { maxUnavailable, maxSurge } = update;
  const written = `maxUnavailable ${intOrPercentText(maxUnavailable)}`;
  const surge = maxSurge.value === 0 ? " with maxSurge 0" : "";
  return {
    text: `${written}${surge} of ${replicaText(replicas)}`,
    path: ["rollingUpdate", "maxUnavailable"],
  };
}
