import type { RuleContext } from "../../engine/rule.ts";
import { VELERO_SCHEDULE } from "../../kubernetes/backup-schedule.ts";
import { VELERO_BACKUP } from "../../kubernetes/backup-velero.ts";
import { labelOf } from "../../kubernetes/object.ts";

/**
 * A Velero Backup stamped out from a Schedule, which is judged itself: a denial would stop the
 * backups of a Schedule that is older than the guard.
 */
export function isMadeBySchedule({ object, subject, cluster }: RuleContext): boolean {
  const schedule = labelOf(object.raw, "velero.io/schedule-name");
  return (
    object.kind === VELERO_BACKUP &&
    schedule !== undefined &&
    cluster.get(VELERO_SCHEDULE, subject.namespace, schedule) !== undefined
  );
}
