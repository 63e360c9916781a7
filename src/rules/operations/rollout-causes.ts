import { podsOf } from "../../engine/pods-of.ts";
import type { RuleContext } from "../../engine/rule.ts";
import { conditionOf, isConditionTrue } from "../../kubernetes/condition.ts";
import { PDB } from "../../kubernetes/disruption.ts";
import { type JsonObject, own, ownString } from "../../kubernetes/json.ts";
import { labelsOf, nameOf, specOf, statusOf } from "../../kubernetes/object.ts";
import { containerStatesOf, isStuck, nodeOf } from "../../kubernetes/pod-state.ts";
import { refusalOf } from "../../kubernetes/refusal.ts";

/** More than one of each says nothing new. */
const MAX_CAUSES = 4;

/** What holds a rollout up, as far as status and Pods tell. */
export function causesOf(context: RuleContext): string[] {
  const { cluster, subject, object } = context;
  const causes = new Set<string>();
  const failure = conditionOf(object.raw, "ReplicaFailure");
  if (isConditionTrue(failure)) causes.add(refusalOf(ownString(failure, "message") ?? ""));
  for (const pod of podsOf(cluster, subject.kind, subject.namespace, object.raw)) {
    if (causes.size >= MAX_CAUSES) break;
    for (const cause of podCauses(context, pod)) causes.add(cause);
  }
  return [...causes].slice(0, MAX_CAUSES);
}

function* podCauses(context: RuleContext, pod: JsonObject): Iterable<string> {
  const scheduled = conditionOf(pod, "PodScheduled");
  if (own(scheduled, "status") === "False") yield "no node has room for a Pod";
  for (const state of containerStatesOf(pod)) {
    if (isStuck(state)) yield `container ${state.name} waits with ${state.waiting}`;
  }
  yield* drainCause(context, pod);
}

/** Budgets hold up drains and nothing else: they are named only while one runs. */
function* drainCause({ cluster, subject }: RuleContext, pod: JsonObject): Iterable<string> {
  const name = nodeOf(pod);
  const node = name === undefined ? undefined : cluster.get("Node", "", name);
  if (node === undefined || own(specOf(node), "unschedulable") !== true) return;
  for (const budget of cluster.selecting(PDB, subject.namespace, labelsOf(pod))) {
    if (own(statusOf(budget), "disruptionsAllowed") !== 0) continue;
    yield `node ${name} is being drained, and PodDisruptionBudget ${nameOf(budget)} allows no eviction at the moment`;
  }
}
