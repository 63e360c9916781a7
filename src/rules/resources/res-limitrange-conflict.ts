import { z } from "zod";
import { defineRule, type Finding, type RuleContext } from "../../engine/rule.ts";
import type { Judged, Subject } from "../../engine/subject.ts";
import { jsonEqual } from "../../kubernetes/equality.ts";
import { dig } from "../../kubernetes/json.ts";
import { limitRangesOf } from "../../kubernetes/limit-range.ts";
import { violationsOf } from "../../kubernetes/limit-range-violations.ts";
import { admitPod } from "../../kubernetes/limit-ranger.ts";
import { WORKLOAD_KINDS, WORKLOAD_RESOURCES } from "../../kubernetes/workload.ts";
import { limitRangeFinding } from "./limit-range-finding.ts";
import { REACHED_KINDS, reachOf } from "./limit-range-reach.ts";
import { judgedContainers, RESOURCE_READS } from "./resource-holders.ts";

// LimitRanger itself skips Pod updates other than a resize.
const updatedKinds = WORKLOAD_KINDS.filter((kind) => kind !== "Pod");

export default defineRule({
  id: "res-limitrange-conflict",
  title: "Pods fit the LimitRanges of their namespace",
  why:
    "A workload that breaks a LimitRange is accepted, but every one of its Pods is refused: the " +
    "rollout hangs, and the reason only shows in the events of a ReplicaSet.",
  practice: "resources",
  since: "0.1.0",
  targets: [
    { kinds: [...updatedKinds, ...WORKLOAD_RESOURCES], operations: ["CREATE", "UPDATE"] },
    { kinds: ["Pod"], operations: ["CREATE"] },
    { kinds: ["LimitRange"], operations: ["CREATE", "UPDATE"] },
  ],
  needs: ["LimitRange"],
  consults: REACHED_KINDS,
  mode: "enforce",
  modeNote:
    "warns while several LimitRanges give one key different defaults; a written LimitRange only " +
    "reports the workloads that it would stop",
  reads: [...RESOURCE_READS, "spec.limits"],
  params: z.strictObject({}),
  check: (context) =>
    context.object.kind === "LimitRange" ? limitRangeFindings(context) : podFindings(context),
});

/** The other doors judge the workloads themselves. */
function limitRangeFindings(context: RuleContext): Iterable<Finding> {
  return context.subject.door === "admission" ? reachOf(context) : [];
}

function podFindings({ subject, object, cluster }: RuleContext): Iterable<Finding> {
  const ranges = limitRangesOf(cluster.list("LimitRange", subject.namespace));
  if (ranges.length === 0 || isPodUnchanged(subject)) return [];
  const pod = { containers: judgedContainers(object), podSpec: object.template?.spec };
  const admitted = admitPod(pod, ranges);
  if (admitted === undefined) return [];
  return violationsOf(admitted, ranges).map((violation) => limitRangeFinding(violation, object));
}

/** An update that makes no new Pods cannot be refused any. */
function isPodUnchanged({ old, object }: Subject): boolean {
  return old !== undefined && jsonEqual(podPart(old), podPart(object));
}

function podPart({ template, raw }: Judged): unknown {
  return template === undefined ? dig(raw, "spec", "resources") : template.raw;
}
