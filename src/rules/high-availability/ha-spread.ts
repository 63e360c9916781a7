import { z } from "zod";
import { defineRule, type Finding } from "../../engine/rule.ts";
import { field } from "../../kubernetes/location.ts";
import { labelsOf } from "../../kubernetes/object.ts";
import { isSpread } from "../../kubernetes/scheduling.ts";
import { capOf, rankOf } from "./component-rank.ts";
import { replicaText } from "./minimum-text.ts";
import { AUTOSCALERS, leastReplicas } from "./scene.ts";

export default defineRule({
  id: "ha-spread",
  title: "Replicas of critical components run on different nodes",
  why: "Two replicas on one node are one replica: the scheduler may put them together unless anti-affinity or a topology spread constraint keeps them apart.",
  practice: "high-availability",
  since: "0.1.0",
  targets: [{ kinds: ["Deployment.apps", "StatefulSet.apps"], operations: ["CREATE", "UPDATE"] }],
  needs: [],
  consults: AUTOSCALERS,
  mode: "warn",
  reads: [
    "metadata.labels",
    "metadata.annotations",
    "spec.replicas",
    "TP.metadata.labels",
    "TP.spec.containers",
    "TP.spec.affinity",
    "TP.spec.topologySpreadConstraints",
  ],
  params: z.strictObject({}),
  check(context) {
    const { platform, object, namespaceObject } = context;
    const { template } = object;
    const rank = rankOf(platform, object);
    if (!rank?.isCritical || template === undefined) return [];
    const replicas = leastReplicas(context);
    if (replicas < 2) return [];
    const namespaceLabels = namespaceObject && labelsOf(namespaceObject);
    const { namespace } = context.subject;
    if (isSpread(template, { namespace, namespaceLabels, replicas })) return [];
    const finding: Finding = {
      message: `${replicaText(replicas)} of ${rank.shown} may share one node`,
      fix: "spread over kubernetes.io/hostname with topologySpreadConstraints or podAntiAffinity on its own labels",
      location: field(template.specLocation, "topologySpreadConstraints"),
      key: "spread",
      ...capOf(rank),
    };
    return [finding];
  },
});
