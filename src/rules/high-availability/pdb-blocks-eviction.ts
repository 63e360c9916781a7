import { z } from "zod";
import { defineRule } from "../../engine/rule.ts";
import { PDB } from "../../kubernetes/disruption.ts";
import { isAutoscalerRequest } from "./autoscaler-request.ts";
import { blockedByWorkload, blockingBudget } from "./blocked-eviction.ts";
import { AUTOSCALERS } from "./scene.ts";

export default defineRule({
  id: "pdb-blocks-eviction",
  title: "A budget allows at least one eviction",
  why: "A budget that wants every replica up refuses each eviction: node drains hang until they time out, cluster upgrades stop, and somebody ends up deleting Pods by force.",
  practice: "high-availability",
  since: "0.1.0",
  targets: [
    { kinds: [PDB], operations: ["CREATE", "UPDATE"] },
    {
      kinds: ["Deployment.apps", "StatefulSet.apps", ...AUTOSCALERS],
      operations: ["CREATE", "UPDATE"],
    },
    {
      kinds: ["Deployment.apps", "StatefulSet.apps"],
      operations: ["UPDATE"],
      subresource: "scale",
    },
    { kinds: AUTOSCALERS, operations: ["DELETE"] },
  ],
  needs: [PDB, "Deployment.apps", "StatefulSet.apps", ...AUTOSCALERS],
  consults: ["DaemonSet.apps", "ReplicationController", "Cluster.postgresql.cnpg.io", "Pod"],
  mode: "enforce",
  modeNote:
    "supporting components, a single replica, a budget that selects nothing yet and blocks two replicas, and a change of workload or autoscaler: warn",
  reads: [
    "metadata.labels",
    "spec.selector",
    "spec.minAvailable",
    "spec.maxUnavailable",
    "spec.replicas",
    "spec.scaleTargetRef",
    "spec.minReplicas",
    "spec.minReplicaCount",
    "spec.idleReplicaCount",
    "TP.metadata.labels",
  ],
  params: z.strictObject({}),
  check(context) {
    const { subject } = context;
    if (subject.kind === PDB) return blockingBudget(context);
    // Elsewhere nothing changes, and the budget is judged itself.
    if (subject.door !== "admission" || isAutoscalerRequest(subject)) return [];
    return blockedByWorkload(context);
  },
});
