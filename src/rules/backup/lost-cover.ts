import { kindWord } from "../../engine/policy.ts";
import type { RuleContext } from "../../engine/rule.ts";
import {
  allowedGap,
  type BackupPlan,
  backupPlansFor,
  type CoverageTerms,
  covers,
  isCovered,
  isPlan,
  veleroPlans,
} from "../../kubernetes/backup-coverage.ts";
import {
  backedUpCluster,
  cronOf,
  isActive,
  VELERO_SCHEDULE,
} from "../../kubernetes/backup-schedule.ts";
import {
  type BackupUnit,
  backupUnitsOf,
  CNPG_CLUSTER,
  unitOf,
} from "../../kubernetes/backup-unit.ts";
import { backupSpecOf } from "../../kubernetes/backup-velero.ts";
import { largestGap, nextFires } from "../../kubernetes/cron-fires.ts";
import { HOUR, spanText } from "../../kubernetes/duration.ts";
import { type JsonObject, own } from "../../kubernetes/json.ts";
import type { GroupKind } from "../../kubernetes/kinds.ts";
import { field, type Location, ROOT } from "../../kubernetes/location.ts";
import { nameOf, namespaceOf, specOf } from "../../kubernetes/object.ts";
import { MARKS } from "./backup-params.ts";
import { backedUpNamespaces } from "./governed-data.ts";

export interface LostCover {
  /** `Cluster platform-data/pg-main`. */
  readonly unit: string;
  readonly reason: string;
  readonly location: Location;
}

export interface FrequencyParams {
  readonly layers: readonly string[];
  readonly maxGapHours: number;
}

type Context = RuleContext<FrequencyParams>;

/** Units that the schedule backed up often enough, and nothing does after this update or deletion. */
export function lostCover(context: Context): LostCover[] {
  const { subject, params, now, cluster } = context;
  const before = subject.operation === "DELETE" ? subject.object : subject.old;
  if (before === undefined) return [];
  const terms: CoverageTerms = { marks: MARKS, now, maxGap: params.maxGapHours * HOUR };
  if (!isPlan(subject.kind, before.raw, terms)) return [];
  const covering: BackupPlan = { kind: subject.kind, object: before.raw };
  const after = planAfter(context, terms);
  const velero = veleroPlans(cluster, terms);
  const lost: LostCover[] = [];
  for (const [namespace, units] of unitsBehind(context, before.raw)) {
    const affected = units.filter((unit) => covers(covering, unit, MARKS));
    if (affected.length === 0) continue;
    const others = backupPlansFor(cluster, namespace, terms, velero).filter(
      (plan) => !isSubject(context, plan),
    );
    const plans = after === undefined ? others : [...others, after];
    for (const unit of affected) {
      if (!isCovered(unit, plans, terms)) lost.push(lostUnit(context, unit));
    }
  }
  return lost;
}

function planAfter({ subject }: Context, terms: CoverageTerms): BackupPlan | undefined {
  if (subject.operation === "DELETE") return undefined;
  const object = subject.object.raw;
  return isPlan(subject.kind, object, terms) ? { kind: subject.kind, object } : undefined;
}

/** Units by namespace that the schedule may back up. */
function* unitsBehind(
  context: Context,
  schedule: JsonObject,
): Iterable<readonly [string, BackupUnit[]]> {
  const { subject, cluster } = context;
  if (subject.kind === VELERO_SCHEDULE) {
    for (const namespace of backedUpNamespaces(context, backupSpecOf(VELERO_SCHEDULE, schedule))) {
      yield [namespace, [...backupUnitsOf(cluster, namespace)]];
    }
    return;
  }
  const { namespace } = subject;
  const object = cluster.get(CNPG_CLUSTER, namespace, backedUpCluster(schedule) ?? "");
  if (object !== undefined) yield [namespace, [...unitOf(CNPG_CLUSTER, object, namespace)]];
}

function isSubject({ subject }: Context, { kind, object }: BackupPlan): boolean {
  return (
    kind === subject.kind &&
    nameOf(object) === subject.name &&
    (namespaceOf(object) ?? subject.namespace) === subject.namespace
  );
}

const SCHEDULE = field(ROOT, "spec", "schedule");

function lostUnit(context: Context, unit: BackupUnit): LostCover {
  const { subject, params, now } = context;
  const shown = `${kindWord(unit.kind)} ${unit.namespace}/${unit.name}`;
  const spec = specOf(subject.object.raw);
  if (subject.operation === "DELETE") {
    return { unit: shown, reason: "no other schedule holds it", location: SCHEDULE };
  }
  const object = subject.object.raw;
  if (!isActive(subject.kind, object)) {
    const key = own(spec, "paused") === true ? "paused" : "suspend";
    const word = key === "paused" ? "paused" : "suspended";
    return { unit: shown, reason: `this schedule is ${word}`, location: field(ROOT, "spec", key) };
  }
  const schedule = cronOf(subject.kind, object);
  if (schedule.kind === "mistake") {
    return { unit: shown, reason: `the schedule ${schedule.reason}`, location: SCHEDULE };
  }
  const gap = largestGap(schedule, now);
  if (gap.longest > allowedGap(gap, params.maxGapHours * HOUR)) {
    const runs = runsText(subject.kind, object, now);
    return {
      unit: shown,
      reason: `runs come up to ${spanText(gap.longest, Math.ceil)} apart; ${runs}`,
      location: SCHEDULE,
    };
  }
  const place = subject.kind === VELERO_SCHEDULE ? "template" : "cluster";
  return {
    unit: shown,
    reason: "this schedule leaves it out",
    location: field(ROOT, "spec", place),
  };
}

/** `next runs 2026-11-24 02:30, … UTC`. */
export function runsText(kind: GroupKind, object: JsonObject, now: number): string {
  const schedule = cronOf(kind, object);
  const times = schedule.kind === "mistake" ? [] : nextFires(schedule, now, 3);
  if (times.length === 0) return "it never runs within 400 days";
  const shownTimes = times.map((time) =>
    new Date(time).toISOString().slice(0, 16).replace("T", " "),
  );
  return `next runs ${shownTimes.join(", ")} UTC`;
}
