import { ownerKey } from "../kubernetes/indexes.ts";
import { type JsonObject, own } from "../kubernetes/json.ts";
import type { GroupKind } from "../kubernetes/kinds.ts";
import { isTerminating, nameOf, specOf } from "../kubernetes/object.ts";
import { controllerOf } from "../kubernetes/owner.ts";
import { WORKLOAD_KINDS } from "../kubernetes/workload.ts";
import type { ClusterView } from "./cluster-view.ts";
import { selectedBy } from "./pod-labels.ts";

/** What people make to run Pods, and Pods that nobody stamps out: each Pod is of one of them. */
export const POD_MAKERS: readonly GroupKind[] = [...WORKLOAD_KINDS, "Cluster.postgresql.cnpg.io"];

const JOB_LABEL = "batch.kubernetes.io/job-name";
const CLUSTER_LABEL = "cnpg.io/cluster";

/** The Pods that a workload made, found by their labels; what else wears those is left out. */
export function* podsOf(
  cluster: ClusterView,
  kind: GroupKind,
  namespace: string,
  object: JsonObject,
): Iterable<JsonObject> {
  const name = nameOf(object) ?? "";
  switch (kind) {
    case "Pod":
      yield object;
      return;
    case "CronJob.batch":
      for (const job of jobsOf(cluster, namespace, name)) {
        yield* podsOf(cluster, "Job.batch", namespace, job);
      }
      return;
    default:
      for (const pod of selectedBy(cluster, "Pod", namespace, selectorOf(kind, name, object))) {
        if (isMadeBy(pod, kind, name) && !isTerminating(pod)) yield pod;
      }
  }
}

/** The Jobs that a CronJob made and keeps. */
export function jobsOf(
  cluster: ClusterView,
  namespace: string,
  cronJob: string,
): Iterable<JsonObject> {
  return cluster.byIndex("Job.batch", "owner", ownerKey(namespace, "CronJob.batch", cronJob));
}

function selectorOf(kind: GroupKind, name: string, object: JsonObject): unknown {
  if (kind === "Job.batch") return { matchLabels: { [JOB_LABEL]: name } };
  if (kind === "Cluster.postgresql.cnpg.io") return { matchLabels: { [CLUSTER_LABEL]: name } };
  const selector = own(specOf(object), "selector");
  return kind === "ReplicationController" ? { matchLabels: selector } : selector;
}

/** A Deployment's Pods belong to its ReplicaSets, whose names begin with its own. */
function isMadeBy(pod: JsonObject, kind: GroupKind, name: string): boolean {
  const owner = controllerOf(pod);
  if (owner === undefined) return false;
  if (kind !== "Deployment.apps") return owner.kind === kind && owner.name === name;
  if (owner.kind !== "ReplicaSet.apps" || !owner.name.startsWith(`${name}-`)) return false;
  return !owner.name.slice(name.length + 1).includes("-");
}
