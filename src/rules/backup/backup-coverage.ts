import { z } from "zod";
import { getOrAdd } from "../../engine/get-or-add.ts";
import { kindWord } from "../../engine/policy.ts";
import { defineRule, type RuleContext } from "../../engine/rule.ts";
import {
  type BackupPlan,
  backupPlansFor,
  type CoverageTerms,
  covers,
  isCovered,
  veleroPlans,
} from "../../kubernetes/backup-coverage.ts";
import {
  cronOf,
  isActive,
  SCHEDULED_BACKUP,
  VELERO_SCHEDULE,
} from "../../kubernetes/backup-schedule.ts";
import { type BackupUnit, CNPG_CLUSTER } from "../../kubernetes/backup-unit.ts";
import { HOUR, spanText } from "../../kubernetes/duration.ts";
import { ROOT } from "../../kubernetes/location.ts";
import { nameOf } from "../../kubernetes/object.ts";
import { dataLayers, MARKS, maxGapHours } from "./backup-params.ts";
import { judgedUnit, MOUNTERS, UNIT_KINDS } from "./units.ts";

const params = z.strictObject({
  layers: dataLayers,
  maxGapHours,
});

type Context = RuleContext<z.output<typeof params>>;

export default defineRule<z.output<typeof params>>({
  id: "backup-coverage",
  title: "Everything that keeps data is in a daily backup",
  why: "Backups are made of what somebody thought of. The volume that was added later, or carries a label that leaves it out, is missed on the day it is needed.",
  practice: "backup",
  since: "0.1.0",
  targets: [{ kinds: UNIT_KINDS, operations: ["CREATE"] }],
  needs: ["Namespace", ...UNIT_KINDS, SCHEDULED_BACKUP, VELERO_SCHEDULE, "CronJob.batch"],
  consults: MOUNTERS,
  mode: "audit",
  doors: ["audit"],
  reads: ["metadata", "spec"],
  params,
  check(context) {
    const unit = judgedUnit(context);
    const { params, now } = context;
    const terms: CoverageTerms = { marks: MARKS, now, maxGap: params.maxGapHours * HOUR };
    if (unit === undefined || isCovered(unit, plansFor(context, unit, terms), terms)) return [];
    const often =
      params.maxGapHours === 24 ? "daily backup" : `backup every ${spanText(terms.maxGap)}`;
    const shown = `${kindWord(unit.kind)} ${unit.namespace}/${unit.name}`;
    return [
      {
        message: `${shown} is in no ${often}${nearMiss(context, unit)}`,
        fix: fixFor(unit),
        location: ROOT,
        key: "coverage",
      },
    ];
  },
});

const VELERO = Symbol("Velero Schedules that are often enough");
const PLANS = Symbol("backup plans by namespace");

function plansFor(
  { cluster, once }: Context,
  { namespace }: BackupUnit,
  terms: CoverageTerms,
): readonly BackupPlan[] {
  const known = once(PLANS, () => new Map<string, readonly BackupPlan[]>());
  return getOrAdd(known, namespace, () => {
    const velero = once(VELERO, () => veleroPlans(cluster, terms));
    return backupPlansFor(cluster, namespace, terms, velero);
  });
}

const SCHEDULES = [SCHEDULED_BACKUP, VELERO_SCHEDULE, "CronJob.batch"] as const;

/** A schedule that would do, were it not for one thing. */
function nearMiss({ cluster }: Context, unit: BackupUnit): string {
  for (const kind of SCHEDULES) {
    const namespace = kind === VELERO_SCHEDULE ? undefined : unit.namespace;
    for (const object of cluster.list(kind, namespace)) {
      if (!covers({ kind, object }, unit, MARKS)) continue;
      const shown = `${kindWord(kind)} ${nameOf(object)}`;
      if (!isActive(kind, object)) return `: ${shown} is suspended or in error`;
      const isRead = cronOf(kind, object).kind !== "mistake";
      return `: ${shown} ${isRead ? "does not run often enough" : "has a schedule that nobody can read"}`;
    }
  }
  return "";
}

function fixFor({ kind, name }: BackupUnit): string {
  const byHand = `or label the CronJob that does it ${MARKS.backupFor}: ${name}`;
  return kind === CNPG_CLUSTER
    ? `create a ScheduledBackup of it, ${byHand}`
    : `create a Velero Schedule that includes its namespace, claims and volumes, ${byHand}`;
}
