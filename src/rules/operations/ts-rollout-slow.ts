import { z } from "zod";
import { defineRule, type RuleContext } from "../../engine/rule.ts";
import { MINUTE, spanText } from "../../kubernetes/duration.ts";
import { dig, own } from "../../kubernetes/json.ts";
import type { GroupKind } from "../../kubernetes/kinds.ts";
import { field, ROOT } from "../../kubernetes/location.ts";
import { specOf, statusOf } from "../../kubernetes/object.ts";
import { lastRevisions, REVISION_KINDS, rolloutBegin } from "../../kubernetes/revision.ts";
import { isUnobserved, type Rollout, rolloutOf } from "../../kubernetes/rollout.ts";
import { causesOf } from "./rollout-causes.ts";

const KINDS: readonly GroupKind[] = ["Deployment.apps", "StatefulSet.apps", "DaemonSet.apps"];

const params = z.strictObject({
  minutes: z
    .number()
    .positive()
    .default(10)
    .describe(
      "A rollout without progress for so long is slow, where no progress deadline says when",
    ),
});

type Context = RuleContext<z.output<typeof params>>;

export default defineRule<z.output<typeof params>>({
  id: "ts-rollout-slow",
  title: "Rollouts come to an end",
  why: "A rollout that hangs leaves two versions side by side, or none. Quotas, limits, webhooks and images that cannot be pulled stop it without a word to whoever started it.",
  practice: "operations",
  since: "0.1.0",
  targets: [{ kinds: KINDS, operations: ["CREATE"] }],
  needs: [...REVISION_KINDS, "Pod"],
  consults: ["PodDisruptionBudget.policy", "Node"],
  mode: "audit",
  doors: ["audit"],
  reads: ["status"],
  params,
  check(context) {
    const { object } = context;
    const rollout = rolloutOf(object.kind, object.raw);
    if (rollout === undefined || isOnPurpose(context)) return [];
    const span = overdue(context, rollout);
    if (span === undefined) return [];
    const causes = causesOf(context);
    const lack = unavailable(context);
    const detail = [rollout.detail, ...(lack > 0 ? [`${lack} unavailable`] : []), ...causes];
    return [
      {
        message: `the rollout has made no progress for ${spanText(span)}: ${detail.join("; ")}`,
        fix: "mend what is named, or undo it: a rollback is never held up",
        location: field(ROOT, "status"),
        key: "slow",
        magnitude: span,
      },
    ];
  },
});

/** Paused, staged at a partition, or left to whoever deletes the Pods. */
function isOnPurpose({ object }: Context): boolean {
  const spec = specOf(object.raw);
  if (own(spec, "paused") === true || isUnobserved(object.raw)) return true;
  if (dig(spec, "updateStrategy", "type") === "OnDelete") return true;
  const partition = dig(spec, "updateStrategy", "rollingUpdate", "partition");
  return typeof partition === "number" && partition > 0;
}

/** How long there has been no progress, once that is too long. */
function overdue(context: Context, { phase, since }: Rollout): number | undefined {
  if (phase !== "progressing" && phase !== "failed") return undefined;
  const begin = since ?? beginOf(context);
  if (begin === undefined) return undefined;
  const span = context.now - begin;
  return phase === "failed" || span > deadlineOf(context) ? Math.max(0, span) : undefined;
}

function beginOf({ cluster, subject, object }: Context): number | undefined {
  const { kind, namespace } = subject;
  const [newest] = lastRevisions(cluster, kind, namespace, object.raw);
  return rolloutBegin(cluster, kind, namespace, object.raw) ?? newest?.createdAt;
}

/** The largest int32 is how people write that there is no deadline. */
const NO_DEADLINE = 2_147_483_647;

function deadlineOf({ object, params }: Context): number {
  const seconds = own(specOf(object.raw), "progressDeadlineSeconds");
  const isSet = typeof seconds === "number" && seconds > 0 && seconds < NO_DEADLINE;
  return isSet ? seconds * 1_000 : params.minutes * MINUTE;
}

function unavailable({ object }: Context): number {
  const status = statusOf(object.raw);
  const count = own(status, "unavailableReplicas") ?? own(status, "numberUnavailable");
  if (typeof count === "number") return count;
  const replicas = own(status, "replicas");
  const available = own(status, "availableReplicas") ?? 0;
  return typeof replicas === "number" && typeof available === "number" ? replicas - available : 0;
}
