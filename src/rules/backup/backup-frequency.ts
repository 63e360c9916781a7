import { z } from "zod";
import { overrideAdvice } from "../../engine/override-advice.ts";
import { defineRule, type Finding, type RuleContext } from "../../engine/rule.ts";
import { allowedGap } from "../../kubernetes/backup-coverage.ts";
import {
  cronOf,
  isActive,
  SCHEDULED_BACKUP,
  VELERO_SCHEDULE,
} from "../../kubernetes/backup-schedule.ts";
import { parseCron } from "../../kubernetes/cron.ts";
import { largestGap } from "../../kubernetes/cron-fires.ts";
import { HOUR, spanText } from "../../kubernetes/duration.ts";
import { type JsonObject, ownString } from "../../kubernetes/json.ts";
import type { GroupKind } from "../../kubernetes/kinds.ts";
import { field, ROOT } from "../../kubernetes/location.ts";
import { specOf } from "../../kubernetes/object.ts";
import { dataLayers, maxGapHours } from "./backup-params.ts";
import { governedLayer } from "./governed-data.ts";
import { type FrequencyParams, lostCover, runsText } from "./lost-cover.ts";
import { MOUNTERS, UNIT_KINDS } from "./units.ts";

const params = z.strictObject({
  layers: dataLayers,
  maxGapHours,
});

const SCHEDULE = field(ROOT, "spec", "schedule");

export default defineRule<FrequencyParams>({
  id: "backup-frequency",
  title: "Data is backed up every day",
  why: "What was written since the last backup is lost with the volume. A schedule that is suspended, deleted or read in another way than meant is only noticed when it is needed.",
  practice: "backup",
  since: "0.1.0",
  targets: [
    { kinds: [SCHEDULED_BACKUP, VELERO_SCHEDULE], operations: ["CREATE", "UPDATE", "DELETE"] },
  ],
  needs: ["Namespace", SCHEDULED_BACKUP, VELERO_SCHEDULE, "CronJob.batch", ...UNIT_KINDS],
  consults: MOUNTERS,
  mode: "enforce",
  modeNote:
    "enforced where an update or a deletion leaves data without its backups; else warns, since one more weekly backup is fine",
  reads: ["spec", "status"],
  params,
  governs: governedLayer,
  *check(context) {
    const { subject, object, params, now } = context;
    const lost = object === subject.object ? lostCover(context) : [];
    for (const { unit, reason, location } of lost) {
      yield {
        message: `${unit} is left without a backup every ${spanText(params.maxGapHours * HOUR)}: ${reason}`,
        fix: `give it another schedule first, or let it pass by an override of the policy: ${overrideAdvice("backup-frequency", subject, now)}`,
        location,
        key: `lost:${unit}`,
      };
    }
    if (subject.operation === "DELETE" || !isActive(object.kind, object.raw)) return;
    if (lost.length === 0) yield* gapFindings(context);
    yield* fieldFindings(object.kind, object.raw, now);
  },
});

function* gapFindings({ object, params, now }: RuleContext<FrequencyParams>): Iterable<Finding> {
  const schedule = cronOf(object.kind, object.raw);
  if (schedule.kind === "mistake") {
    yield {
      message: `schedule ${shown(object.raw)} ${schedule.reason}: no backup is ever made`,
      fix: `write ${exampleOf(object.kind)} for every night`,
      location: SCHEDULE,
      key: "mistake",
      atMost: "warn",
    };
    return;
  }
  const gap = largestGap(schedule, now);
  const limit = allowedGap(gap, params.maxGapHours * HOUR);
  if (gap.fires && gap.longest <= limit) return;
  const found = gap.fires
    ? `the backups come up to ${spanText(gap.longest, Math.ceil)} apart, limit ${spanText(limit)}`
    : "no backup is ever made";
  yield {
    message: `${found}; ${runsText(object.kind, object.raw, now)}`,
    fix: `write ${exampleOf(object.kind)} for every night, or keep another daily schedule beside it`,
    location: SCHEDULE,
    key: "gap",
    magnitude: gap.longest,
    atMost: "warn",
  };
}

/** CNPG reads seconds first and lets the day of the week be missing. */
function* fieldFindings(kind: GroupKind, object: JsonObject, now: number): Iterable<Finding> {
  if (kind !== SCHEDULED_BACKUP) return;
  const text = scheduleText(object).trim();
  if (text.startsWith("@") || text.split(blanks).length !== 5) return;
  yield {
    message: `CNPG reads ${shown(object)} as second, minute, hour, day and month; ${runsText(kind, object, now)}`,
    fix: `write six fields, second first, such as ${sixFields(text)}`,
    location: SCHEDULE,
    key: `five-fields:${text}`,
    atMost: "warn",
  };
}

const blanks = /\s+/;

/** Most write what other crons take. */
function sixFields(text: string): string {
  const meant = `0 ${text}`;
  return parseCron(meant, "cnpg").kind === "mistake" ? exampleOf(SCHEDULED_BACKUP) : `"${meant}"`;
}

function exampleOf(kind: GroupKind): string {
  return kind === SCHEDULED_BACKUP ? '"0 30 2 * * *"' : '"30 2 * * *"';
}

function scheduleText(object: JsonObject): string {
  return ownString(specOf(object), "schedule") ?? "";
}

const word = "JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC|SUN|MON|TUE|WED|THU|FRI|SAT|[LW]";
const zone = "(?:CRON_)?TZ=[A-Za-z_]{1,20}(?:/[A-Za-z_]{1,20}){0,2}";
const fields = `(?:[0-9*/,?#-]|${word})+(?:\\s+(?:[0-9*/,?#-]|${word})+)*`;
const named = "@(?:every\\s+[0-9.hmsu]{1,20}|[a-z]{1,8})";
const nearSchedule = new RegExp(`^(?:${zone}\\s+)?(?:${fields}|${named})?$`, "i");

/** Anything may be written there, a password too. */
function shown(object: JsonObject): string {
  const text = scheduleText(object);
  return text.length <= 80 && nearSchedule.test(text.trim())
    ? JSON.stringify(text.slice(0, 40))
    : "(a text that is no schedule)";
}
