import { type CronDialect, type CronMistake, type CronSchedule, parseCron } from "./cron.ts";
import { type JsonObject, own, ownObject, ownString } from "./json.ts";
import type { GroupKind } from "./kinds.ts";
import { specOf, statusOf } from "./object.ts";

export const SCHEDULED_BACKUP: GroupKind = "ScheduledBackup.postgresql.cnpg.io";
export const VELERO_SCHEDULE: GroupKind = "Schedule.velero.io";

const DIALECTS: ReadonlyMap<GroupKind, CronDialect> = new Map([
  [SCHEDULED_BACKUP, "cnpg"],
  [VELERO_SCHEDULE, "velero"],
  ["CronJob.batch", "cronjob"],
]);

/** spec.schedule of a ScheduledBackup, Velero Schedule or CronJob, each in its own dialect. */
export function cronOf(kind: GroupKind, object: JsonObject): CronSchedule | CronMistake {
  const text = ownString(specOf(object), "schedule");
  const dialect = DIALECTS.get(kind);
  if (text === undefined || dialect === undefined) {
    return { kind: "mistake", reason: "is missing" };
  }
  return parseCron(text, dialect, ownString(specOf(object), "timeZone"));
}

/** Its controller makes backups from it: neither paused nor found wanting. */
export function isActive(kind: GroupKind, object: JsonObject): boolean {
  const spec = specOf(object);
  const status = statusOf(object);
  if (kind === VELERO_SCHEDULE) {
    return own(spec, "paused") !== true && own(status, "phase") !== "FailedValidation";
  }
  if (own(spec, "suspend") === true) return false;
  return kind !== SCHEDULED_BACKUP || !ownString(status, "error");
}

/** The CNPG Cluster that a ScheduledBackup or Backup is of, in its own namespace. */
export function backedUpCluster(object: JsonObject): string | undefined {
  return ownString(ownObject(specOf(object), "cluster"), "name");
}
