import { CNPG_BACKUP } from "./backup-record.ts";
import { CNPG_CLUSTER } from "./backup-unit.ts";
import { VELERO_BACKUP } from "./backup-velero.ts";
import { parseTime } from "./duration.ts";
import { asObject, dig, type JsonObject, own, ownArray, ownString } from "./json.ts";
import type { GroupKind } from "./kinds.ts";
import { field, item, type Location, ROOT } from "./location.ts";
import { labelOf, metadataOf, namespaceOf, statusOf } from "./object.ts";

export const BACKUP_LOCATION: GroupKind = "BackupStorageLocation.velero.io";

/** The label that Velero puts on what a Schedule makes. */
const SCHEDULE_LABEL = "velero.io/schedule-name";

/** Phases from which nothing good can come any more. */
const FAILED: ReadonlyMap<GroupKind, ReadonlySet<string>> = new Map([
  [CNPG_BACKUP, new Set(["failed", "walArchivingFailing"])],
  [
    VELERO_BACKUP,
    new Set([
      "Failed",
      "PartiallyFailed",
      "FailedValidation",
      "FinalizingPartiallyFailed",
      "WaitingForPluginOperationsPartiallyFailed",
    ]),
  ],
  [BACKUP_LOCATION, new Set(["Unavailable"])],
]);

/** Conditions of a CloudNativePG Cluster that are about its backups. */
const CONDITIONS: ReadonlyMap<string, string> = new Map([
  ["LastBackupSucceeded", "its last backup failed"],
  ["ContinuousArchiving", "its write-ahead log is not archived"],
]);

export interface BackupFault {
  /** `its phase is PartiallyFailed`. */
  readonly what: string;
  /** What somebody else wrote about it: to look for hints in, never to repeat. */
  readonly said: string;
  readonly location: Location;
  readonly key: string;
}

/** What the status of a Backup, a Cluster or a place for backups says went wrong. */
export function* backupFaultsOf(kind: GroupKind, object: JsonObject): Iterable<BackupFault> {
  const status = statusOf(object);
  if (kind === CNPG_CLUSTER) {
    yield* conditionFaults(status);
    return;
  }
  const phase = ownString(status, "phase") ?? "";
  if (FAILED.get(kind)?.has(phase) !== true) return;
  const texts = [own(status, "error"), own(status, "failureReason"), own(status, "message")];
  yield {
    what: `its phase is ${phase}`,
    said: [...texts, ...ownArray(status, "validationErrors")].filter(isText).join("\n"),
    location: field(ROOT, "status", "phase"),
    key: phase,
  };
}

function* conditionFaults(status: JsonObject | undefined): Iterable<BackupFault> {
  const list = field(ROOT, "status", "conditions");
  const conditions = ownArray(status, "conditions");
  for (let index = 0; index < conditions.length; index++) {
    const condition = asObject(conditions[index]);
    const type = ownString(condition, "type") ?? "";
    const what = CONDITIONS.get(type);
    if (what === undefined || own(condition, "status") !== "False") continue;
    const said = ownString(condition, "message") ?? "";
    yield { what, said, location: item(list, index, type), key: type };
  }
}

/** What the guide says to look at, the likeliest first where an error text gives it away. */
export function backupAdvice(said: string): string {
  if (permission.test(said))
    return "check the credentials and what they may do in the object store";
  if (space.test(said)) return "check space and quota of the object store and of the volumes";
  if (reach.test(said)) return "check that the egress policies let it reach the object store";
  return "check permissions, space, and that the egress policies let it reach the object store";
}

const permission = /denied|forbidden|unauthorized|credential|signature|\b40[13]\b|expired ?token/i;
const space = /no space|quota|insufficient storage|disk full|enospc/i;
const reach =
  /time[ -]?out|timed out|no route|refused|unreachable|no such host|could not resolve|deadline exceeded|certificate/i;

/** When it ended, or began where it never ended. */
export function backupTimeOf(object: JsonObject): number | undefined {
  const status = statusOf(object);
  for (const key of ["stoppedAt", "completionTimestamp", "startedAt", "startTimestamp"]) {
    const time = parseTime(own(status, key));
    if (time !== undefined) return time;
  }
  return parseTime(own(metadataOf(object), "creationTimestamp"));
}

/** When a Schedule of Velero last had a complete Backup, by `scheduleKeyOf`. */
export function lastSuccesses(backups: Iterable<JsonObject>): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const backup of backups) {
    const key = scheduleKeyOf(backup);
    if (key === undefined || dig(backup, "status", "phase") !== "Completed") continue;
    found.set(key, Math.max(found.get(key) ?? 0, backupTimeOf(backup) ?? 0));
  }
  return found;
}

/** undefined for a Backup that no Schedule made. */
export function scheduleKeyOf(backup: JsonObject): string | undefined {
  const schedule = labelOf(backup, SCHEDULE_LABEL);
  return schedule === undefined ? undefined : `${namespaceOf(backup) ?? ""}/${schedule}`;
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}
