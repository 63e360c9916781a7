import type { Judged } from "../../engine/subject.ts";
import { ownString } from "../../kubernetes/json.ts";
import type { GroupKind } from "../../kubernetes/kinds.ts";
import { WORKLOAD_KINDS } from "../../kubernetes/workload.ts";

/** What serves until it is stopped; a Job runs to its end. */
export const LONG_RUNNING_KINDS: readonly GroupKind[] = WORKLOAD_KINDS.filter(
  (kind) => kind !== "Job.batch" && kind !== "CronJob.batch",
);

/** A Pod that is not restarted when it succeeds is somebody's Job. */
export function isLongRunning({ kind, template }: Judged): boolean {
  return kind !== "Pod" || (ownString(template?.spec, "restartPolicy") ?? "Always") === "Always";
}
