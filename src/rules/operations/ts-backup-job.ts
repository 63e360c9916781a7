import { z } from "zod";
import { PREFIX } from "../../engine/platform.ts";
import { jobsOf, podsOf } from "../../engine/pods-of.ts";
import { defineRule, type RuleContext } from "../../engine/rule.ts";
import { conditionOf, isConditionTrue } from "../../kubernetes/condition.ts";
import { parseTime } from "../../kubernetes/duration.ts";
import { type JsonObject, own } from "../../kubernetes/json.ts";
import { ROOT } from "../../kubernetes/location.ts";
import { labelOf, nameOf, statusOf } from "../../kubernetes/object.ts";
import { containerStatesOf, isStuck } from "../../kubernetes/pod-state.ts";

const BACKUP_FOR = `${PREFIX}backup-for`;
const JOB = "Job.batch";

export default defineRule({
  id: "ts-backup-job",
  title: "Jobs that make backups succeed",
  why: "Where a CronJob makes the backups nobody but its last Job knows that they fail: no operator writes a status about it. What operators say of theirs is for backup-failing.",
  practice: "operations",
  since: "0.1.0",
  targets: [{ kinds: ["CronJob.batch"], operations: ["CREATE"] }],
  needs: [JOB],
  consults: ["Pod"],
  mode: "audit",
  doors: ["audit"],
  reads: ["metadata", "status"],
  params: z.strictObject({}),
  check(context) {
    const { object, subject } = context;
    if (labelOf(object.raw, BACKUP_FOR) === undefined) return [];
    const failed = lastFailure(context);
    if (failed === undefined) return [];
    const why = reasonsOf(context, failed);
    return [
      {
        message: `CronJob ${subject.name} makes backups, and its last Job ${nameOf(failed)} failed${why}`,
        fix: `read kubectl logs -n ${subject.namespace} job/${nameOf(failed)}; check permissions, space, and that the egress policies let it reach the object store`,
        location: ROOT,
        key: "failed",
      },
    ];
  },
});

/** The newest Job that ended, where it failed and none succeeded later. */
function lastFailure({ cluster, subject, object }: RuleContext): JsonObject | undefined {
  let succeeded = parseTime(own(statusOf(object.raw), "lastSuccessfulTime")) ?? 0;
  let failure: { readonly job: JsonObject; readonly at: number } | undefined;
  for (const job of jobsOf(cluster, subject.namespace, subject.name)) {
    const failed = conditionOf(job, "Failed");
    if (isConditionTrue(failed)) {
      const at = parseTime(own(failed, "lastTransitionTime")) ?? 0;
      if (failure === undefined || at >= failure.at) failure = { job, at };
    } else if (isConditionTrue(conditionOf(job, "Complete"))) {
      succeeded = Math.max(succeeded, parseTime(own(statusOf(job), "completionTime")) ?? 0);
    }
  }
  return failure !== undefined && failure.at >= succeeded ? failure.job : undefined;
}

/** ` (BackoffLimitExceeded; container dump: exit code 2)`. */
function reasonsOf({ cluster, subject }: RuleContext, job: JsonObject): string {
  const reasons = new Set<string>();
  const reason = own(conditionOf(job, "Failed"), "reason");
  if (typeof reason === "string" && word.test(reason)) reasons.add(reason);
  for (const pod of podsOf(cluster, JOB, subject.namespace, job)) {
    for (const state of containerStatesOf(pod)) {
      const { name, ended, waiting } = state;
      if (isStuck(state)) reasons.add(`container ${name}: ${waiting}`);
      else if (ended?.exitCode) reasons.add(`container ${name}: exit code ${ended.exitCode}`);
    }
  }
  return reasons.size === 0 ? "" : ` (${[...reasons].slice(0, 3).join("; ")})`;
}

const word = /^[A-Za-z]{1,40}$/;
