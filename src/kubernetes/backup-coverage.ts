import {
  backedUpCluster,
  cronOf,
  isActive,
  SCHEDULED_BACKUP,
  VELERO_SCHEDULE,
} from "./backup-schedule.ts";
import { type BackupUnit, CNPG_CLUSTER } from "./backup-unit.ts";
import { backupSpecOf, holdsUnit } from "./backup-velero.ts";
import { type CronGap, largestGap } from "./cron-fires.ts";
import { HOUR } from "./duration.ts";
import type { JsonObject } from "./json.ts";
import type { GroupKind } from "./kinds.ts";
import { annotationOf, isTerminating, labelOf } from "./object.ts";
import type { ObjectLookup } from "./object-lookup.ts";

/** Something that makes backups again and again. */
export interface BackupPlan {
  readonly kind: GroupKind;
  readonly object: JsonObject;
}

/** How users say in metadata what no field says. */
export interface BackupMarks {
  /** Label of a CronJob: the name of the unit in its namespace that it backs up. */
  readonly backupFor: string;
  /** Annotation or label of a unit: what takes snapshots of its volumes. */
  readonly snapshotSchedule: string;
}

export interface CoverageTerms {
  readonly marks: BackupMarks;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Longest time between two backups, in milliseconds; one hour more where clocks are changed. */
  readonly maxGap: number;
}

const CRON_JOB: GroupKind = "CronJob.batch";

/** What counts as a plan for units of this namespace: active, and often enough. */
export function backupPlansFor(
  lookup: ObjectLookup,
  namespace: string,
  terms: CoverageTerms,
  velero: readonly BackupPlan[] = veleroPlans(lookup, terms),
): readonly BackupPlan[] {
  return [
    ...plansAmong(SCHEDULED_BACKUP, lookup.list(SCHEDULED_BACKUP, namespace), terms),
    ...velero,
    ...plansAmong(CRON_JOB, lookup.list(CRON_JOB, namespace), terms),
  ];
}

/** Velero's Schedules live in Velero's namespace, wherever that is, and are few: read them once. */
export function veleroPlans(lookup: ObjectLookup, terms: CoverageTerms): readonly BackupPlan[] {
  return plansAmong(VELERO_SCHEDULE, lookup.list(VELERO_SCHEDULE), terms);
}

function plansAmong(
  kind: GroupKind,
  objects: Iterable<JsonObject>,
  terms: CoverageTerms,
): BackupPlan[] {
  const plans: BackupPlan[] = [];
  for (const object of objects) {
    // Most CronJobs back nothing up.
    if (kind === CRON_JOB && labelOf(object, terms.marks.backupFor) === undefined) continue;
    if (isPlan(kind, object, terms)) plans.push({ kind, object });
  }
  return plans;
}

/** Whether it makes backups, and often enough. */
export function isPlan(kind: GroupKind, object: JsonObject, terms: CoverageTerms): boolean {
  return !isTerminating(object) && isActive(kind, object) && isOftenEnough(kind, object, terms);
}

/** Whether some plan, or what the unit itself names, backs it up. */
export function isCovered(
  unit: BackupUnit,
  plans: Iterable<BackupPlan>,
  { marks }: CoverageTerms,
): boolean {
  if (snapshotSchedulerOf(unit, marks) !== undefined) return true;
  for (const plan of plans) if (covers(plan, unit, marks)) return true;
  return false;
}

/** Whether what this plan backs up holds the unit. */
export function covers(
  { kind, object }: BackupPlan,
  unit: BackupUnit,
  marks: BackupMarks,
): boolean {
  if (kind === SCHEDULED_BACKUP) {
    return unit.kind === CNPG_CLUSTER && backedUpCluster(object) === unit.name;
  }
  if (kind === VELERO_SCHEDULE) return holdsUnit(backupSpecOf(kind, object), unit);
  return kind === CRON_JOB && labelOf(object, marks.backupFor) === unit.name;
}

function isOftenEnough(kind: GroupKind, object: JsonObject, terms: CoverageTerms): boolean {
  const schedule = cronOf(kind, object);
  if (schedule.kind === "mistake") return false;
  const gap = largestGap(schedule, terms.now);
  return gap.fires && gap.longest <= allowedGap(gap, terms.maxGap);
}

/** A day is 25 hours long where the clock is put back. */
export function allowedGap({ clockChanges }: CronGap, maxGap: number): number {
  return maxGap + (clockChanges ? HOUR : 0);
}

function snapshotSchedulerOf({ object }: BackupUnit, marks: BackupMarks): string | undefined {
  return (
    (annotationOf(object, marks.snapshotSchedule) ?? labelOf(object, marks.snapshotSchedule)) ||
    undefined
  );
}
