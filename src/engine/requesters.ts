import type { GroupKind } from "../kubernetes/kinds.ts";

const SYSTEM = "system:serviceaccount:kube-system:";
const CONTROLLER_MANAGER = "system:kube-controller-manager";

/** Make Pods, ReplicaSets and Jobs from a workload that was judged itself. */
export const WORKLOAD_CONTROLLERS: readonly string[] = [
  CONTROLLER_MANAGER,
  ...[
    "replicaset-controller",
    "statefulset-controller",
    "daemon-set-controller",
    "job-controller",
    "cronjob-controller",
    "replication-controller",
    "deployment-controller",
  ].map((name) => `${SYSTEM}${name}`),
];

/** The resources of those kinds, for the webhook configuration. */
export const STAMPED_RESOURCES: readonly string[] = ["pods", "replicasets", "jobs"];

const STAMPED_KINDS: ReadonlySet<GroupKind> = new Set(["Pod", "ReplicaSet.apps", "Job.batch"]);

/** Delete what is left of a terminating namespace or a deleted owner. */
export const CLEANERS: readonly string[] = [
  `${SYSTEM}namespace-controller`,
  `${SYSTEM}generic-garbage-collector`,
  CONTROLLER_MANAGER,
];

const workloadControllers: ReadonlySet<string> = new Set(WORKLOAD_CONTROLLERS);
const cleaners: ReadonlySet<string> = new Set(CLEANERS);

/**
 * Trust comes from the authenticated requester, never from ownerReferences: anyone can write
 * those. A denial here would be invisible and would stop self-healing.
 */
export function isStampedByController(user: string, kind: GroupKind): boolean {
  return STAMPED_KINDS.has(kind) && workloadControllers.has(user);
}

export function isCleaner(user: string): boolean {
  return cleaners.has(user);
}
