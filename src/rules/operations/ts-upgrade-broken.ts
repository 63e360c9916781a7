import { z } from "zod";
import { podsOf } from "../../engine/pods-of.ts";
import { kindWord } from "../../engine/policy.ts";
import { defineRule, type RuleContext } from "../../engine/rule.ts";
import { createdAt } from "../../kubernetes/age.ts";
import { conditionOf } from "../../kubernetes/condition.ts";
import { MINUTE, parseTime, spanText } from "../../kubernetes/duration.ts";
import { shownImage } from "../../kubernetes/image.ts";
import { type ImageChange, imageChanges } from "../../kubernetes/image-reference.ts";
import { own } from "../../kubernetes/json.ts";
import type { GroupKind } from "../../kubernetes/kinds.ts";
import { field, ROOT } from "../../kubernetes/location.ts";
import { containerStatesOf, isStuck } from "../../kubernetes/pod-state.ts";
import { lastRevisions, REVISION_KINDS, revisionImages } from "../../kubernetes/revision.ts";
import { rolloutOf } from "../../kubernetes/rollout.ts";

const KINDS: readonly GroupKind[] = ["Deployment.apps", "StatefulSet.apps", "DaemonSet.apps"];

const params = z.strictObject({
  minutes: z
    .number()
    .positive()
    .default(60)
    .describe("What breaks so soon after an upgrade is put down to it"),
});

type Context = RuleContext<z.output<typeof params>>;

export default defineRule<z.output<typeof params>>({
  id: "ts-upgrade-broken",
  title: "What was upgraded works",
  why: "Whatever breaks within the hour of an upgrade was most likely broken by it, and the way back is one command as long as somebody knows to which revision.",
  practice: "operations",
  since: "0.1.0",
  targets: [{ kinds: KINDS, operations: ["CREATE"] }],
  needs: [...REVISION_KINDS, "Pod"],
  mode: "audit",
  modeNote: "CloudNativePG keeps no revisions to tell an upgrade by",
  doors: ["audit"],
  reads: ["status"],
  params,
  check(context) {
    const { subject, object, cluster } = context;
    const { kind, namespace, name } = subject;
    const [current, previous] = lastRevisions(cluster, kind, namespace, object.raw);
    if (current?.createdAt === undefined || previous === undefined) return [];
    const changes = imageChanges(revisionImages(previous), revisionImages(current));
    const broken = changes.length === 0 ? undefined : brokenState(context, current.createdAt);
    if (broken === undefined) return [];
    const after = spanText(Math.max(0, broken.at - current.createdAt));
    return [
      {
        message: `${broken.state} ${after} after its upgrade to revision ${current.number} (${changesText(changes)})`,
        fix: `go back to revision ${previous.number}, a rollback is never held up: kubectl rollout undo -n ${namespace} ${kindWord(kind).toLowerCase()}/${name} --to-revision=${previous.number}`,
        location: field(ROOT, "status"),
        key: `broken:${current.number}`,
      },
    ];
  },
});

interface BrokenState {
  readonly state: string;
  readonly at: number;
}

/** Broken soon after the upgrade, by its own status or by the Pods that came with it. */
function brokenState(context: Context, upgradedAt: number): BrokenState | undefined {
  const { object, now, params } = context;
  const isSoon = (at: number) => at >= upgradedAt && at - upgradedAt <= params.minutes * MINUTE;
  const rollout = rolloutOf(object.kind, object.raw);
  if (rollout?.phase === "failed" || rollout?.phase === "degraded") {
    const available = own(conditionOf(object.raw, "Available"), "lastTransitionTime");
    const at = (rollout.phase === "failed" ? rollout.since : parseTime(available)) ?? now;
    return isSoon(at) ? { state: `${rollout.phase} (${rollout.detail})`, at } : undefined;
  }
  return stuckPod(context, isSoon);
}

/** Only Deployments say in their status that they gave up. */
function stuckPod(
  { cluster, subject, object }: Context,
  isSoon: (at: number) => boolean,
): BrokenState | undefined {
  for (const pod of podsOf(cluster, subject.kind, subject.namespace, object.raw)) {
    const at = createdAt(pod);
    if (at === undefined || !isSoon(at)) continue;
    const stuck = containerStatesOf(pod).find(isStuck);
    if (stuck !== undefined) {
      return { state: `container ${stuck.name} is in ${stuck.waiting} in a Pod made`, at };
    }
  }
  return undefined;
}

const MAX_CHANGES = 3;

function changesText(changes: readonly ImageChange[]): string {
  const texts = changes.slice(0, MAX_CHANGES).map(({ container, before, after }) => {
    const [from, to] = [before, after].map((image) => (image ? shownImage(image) : "nothing"));
    return `${container}: ${from} before, ${to} now`;
  });
  return texts.join("; ");
}
