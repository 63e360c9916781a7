import { z } from "zod";
import { kindWord } from "../../engine/policy.ts";
import { defineRule, type RuleContext } from "../../engine/rule.ts";
import {
  BACKUP_LOCATION,
  backupAdvice,
  backupFaultsOf,
  backupTimeOf,
  lastSuccesses,
  scheduleKeyOf,
} from "../../kubernetes/backup-fault.ts";
import { CNPG_BACKUP } from "../../kubernetes/backup-record.ts";
import { backedUpCluster } from "../../kubernetes/backup-schedule.ts";
import { CNPG_CLUSTER } from "../../kubernetes/backup-unit.ts";
import { VELERO_BACKUP } from "../../kubernetes/backup-velero.ts";
import { DAY } from "../../kubernetes/duration.ts";
import { nameKey } from "../../kubernetes/indexes.ts";
import { own } from "../../kubernetes/json.ts";
import { statusOf } from "../../kubernetes/object.ts";
import { dataLayers } from "./backup-params.ts";
import { governedLayer } from "./governed-data.ts";

const params = z.strictObject({
  layers: dataLayers,
  forDays: z
    .number()
    .positive()
    .default(7)
    .describe(
      "A backup that failed longer ago is history, and backup-recent speaks of what came after",
    ),
});

type Context = RuleContext<z.output<typeof params>>;

export default defineRule<z.output<typeof params>>({
  id: "backup-failing",
  title: "Backups succeed",
  why: "A backup that fails says so in a status that nobody looks at. Days later the last good one is as old as the data that is lost.",
  practice: "backup",
  since: "0.1.0",
  targets: [
    { kinds: [CNPG_CLUSTER, CNPG_BACKUP, VELERO_BACKUP, BACKUP_LOCATION], operations: ["CREATE"] },
  ],
  needs: ["Namespace", CNPG_BACKUP, VELERO_BACKUP],
  consults: ["Schedule.velero.io"],
  mode: "audit",
  doors: ["audit"],
  reads: ["status"],
  params,
  governs: governedLayer,
  *check(context) {
    const { subject, object } = context;
    if (isHistory(context)) return;
    for (const { what, said, location, key } of backupFaultsOf(object.kind, object.raw)) {
      yield {
        message: `${kindWord(subject.kind)} ${subject.name}: ${what}`,
        fix: backupAdvice(said),
        location,
        key,
      };
    }
  },
});

const SUCCESSES = Symbol("last complete Backup of each Velero Schedule");

/** Long ago, or followed by one that succeeded. */
function isHistory({ object, subject, cluster, once, now, params }: Context): boolean {
  if (object.kind !== CNPG_BACKUP && object.kind !== VELERO_BACKUP) return false;
  const time = backupTimeOf(object.raw);
  if (time === undefined) return false;
  if (now - time > params.forDays * DAY) return true;
  if (object.kind === VELERO_BACKUP) {
    const successes = once(SUCCESSES, () => lastSuccesses(cluster.list(VELERO_BACKUP)));
    return (successes.get(scheduleKeyOf(object.raw) ?? "") ?? 0) > time;
  }
  const key = nameKey(subject.namespace, backedUpCluster(object.raw) ?? "");
  for (const other of cluster.byIndex(CNPG_BACKUP, "cluster", key)) {
    if (own(statusOf(other), "phase") === "completed" && (backupTimeOf(other) ?? 0) > time)
      return true;
  }
  return false;
}
