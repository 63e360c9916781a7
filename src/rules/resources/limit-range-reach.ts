import type { Finding, RuleContext } from "../../engine/rule.ts";
import { Judged } from "../../engine/subject.ts";
import { asObject, own, ownArray, ownString } from "../../kubernetes/json.ts";
import type { GroupKind } from "../../kubernetes/kinds.ts";
import { type LimitRange, limitRangeOf, limitRangesOf } from "../../kubernetes/limit-range.ts";
import { violationsOf } from "../../kubernetes/limit-range-violations.ts";
import { admitPod } from "../../kubernetes/limit-ranger.ts";
import { field, ROOT } from "../../kubernetes/location.ts";
import { isTerminating, metadataOf, nameOf } from "../../kubernetes/object.ts";
import { messageOf } from "./limit-range-finding.ts";
import { judgedContainers } from "./resource-holders.ts";

/** What makes Pods again and again; existing Pods and finished Jobs are not touched any more. */
export const REACHED_KINDS: readonly GroupKind[] = [
  "Deployment.apps",
  "StatefulSet.apps",
  "DaemonSet.apps",
  "CronJob.batch",
  "Cluster.postgresql.cnpg.io",
  "Pooler.postgresql.cnpg.io",
];

/**
 * Workloads whose next Pod the LimitRange under judgement would refuse, one finding each. Only
 * for people who read audit logs: the workloads themselves are judged when they are written.
 */
export function* reachOf(context: RuleContext): Iterable<Finding> {
  const { object, subject, cluster } = context;
  const range = limitRangeOf(object.raw);
  const others = [...cluster.list("LimitRange", subject.namespace)].filter(
    (raw) => nameOf(raw) !== range.name,
  );
  const ranges = [range, ...limitRangesOf(others)];
  for (const kind of REACHED_KINDS) {
    for (const raw of cluster.list(kind, subject.namespace)) {
      const workload = new Judged(kind, raw);
      if (isTerminating(raw) || isOwned(workload)) continue;
      const refusals = refusalsOf(workload, ranges, range.name);
      if (refusals.length > 0) yield reachFinding(workload, range.name, refusals);
    }
  }
}

function refusalsOf(workload: Judged, ranges: readonly LimitRange[], name: string): string[] {
  const pod = { containers: judgedContainers(workload), podSpec: workload.template?.spec };
  const admitted = admitPod(pod, ranges);
  if (admitted === undefined) return [];
  return violationsOf(admitted, ranges)
    .filter(({ limitRange, kind }) => kind !== "rivals" && limitRange === name)
    .map(messageOf);
}

function reachFinding(workload: Judged, name: string, refusals: readonly string[]): Finding {
  const kind = ownString(workload.raw, "kind") ?? workload.kind;
  const who = `${kind} ${nameOf(workload.raw) ?? ""}`;
  const more = refusals.length > 1 ? ` and ${refusals.length - 1} more` : "";
  return {
    message: `LimitRange ${name} refuses every new Pod of ${who}: ${refusals[0]}${more}`,
    fix: `adapt ${who} or the LimitRange before its Pods restart`,
    location: field(ROOT, "spec", "limits"),
    key: who,
    atMost: "audit",
  };
}

function isOwned({ raw }: Judged): boolean {
  return ownArray(metadataOf(raw), "ownerReferences").some(
    (reference) => own(asObject(reference), "controller") === true,
  );
}
