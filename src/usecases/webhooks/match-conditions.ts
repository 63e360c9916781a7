import { LAYER_LABEL } from "../../engine/platform.ts";
import { CLEANERS, STAMPED_RESOURCES, WORKLOAD_CONTROLLERS } from "../../engine/requesters.ts";
import { HPA_CONTROLLERS } from "../../kubernetes/autoscaling.ts";

/** A CEL condition that the API server evaluates before it calls. */
export interface MatchCondition {
  readonly name: string;
  readonly expression: string;
}

/** Removing a finalizer must work while the guard is away. */
export const NOT_BEING_DELETED: MatchCondition = {
  name: "not-being-deleted",
  expression: "oldObject == null || !has(oldObject.metadata.deletionTimestamp)",
};

/** Our outage must not wedge the end of a namespace. */
export const NOT_CLEANED_UP: MatchCondition = {
  name: "not-cleaned-up-by-a-controller",
  expression: `request.operation != "DELETE" || !(request.userInfo.username in ${celList(CLEANERS)})`,
};

export const DRY_RUN: MatchCondition = { name: "dry-run", expression: "request.dryRun == true" };

export function notInGroup(group: string): MatchCondition {
  return {
    name: "not-break-glass",
    expression: `!(${JSON.stringify(group)} in request.userInfo.groups)`,
  };
}

/**
 * What controllers stamp out is at most audited, and what they write later (replicas of a
 * ReplicaSet, a revision, a finalizer of a finished Pod) copies from workloads that were judged
 * themselves: rollouts and healing never depend on the guard being there.
 */
export function madeByController(trusted: readonly string[]): MatchCondition {
  return { name: "made-by-a-controller", expression: byController(trusted) };
}

export function notMadeByController(trusted: readonly string[]): MatchCondition {
  return { name: "not-made-by-a-controller", expression: `!(${byController(trusted)})` };
}

const hasLayer = (object: string) =>
  `(${object} != null && has(${object}.metadata.labels) && "${LAYER_LABEL}" in ${object}.metadata.labels)`;

/** The selector of a Namespace sees its new labels only; taking the label off must not hide it. */
export const LAYER_NAMESPACE: MatchCondition = {
  name: "has-or-had-a-layer",
  expression: `${hasLayer("object")} || ${hasLayer("oldObject")}`,
};

export const OTHER_NAMESPACE: MatchCondition = {
  name: "has-and-had-no-layer",
  expression: `!(${LAYER_NAMESPACE.expression})`,
};

function byController(trusted: readonly string[]): string {
  const stamped = `request.resource.resource in ${celList(STAMPED_RESOURCES)}`;
  const controllers = celList([
    ...new Set([...WORKLOAD_CONTROLLERS, ...CLEANERS, ...HPA_CONTROLLERS]),
  ]);
  const own = [
    `(request.operation == "UPDATE" || request.operation == "CREATE" && ${stamped})`,
    `request.userInfo.username in ${controllers}`,
  ].join(" && ");
  if (trusted.length === 0) return own;
  return `(${own}) || request.userInfo.username in ${celList(trusted)}`;
}

function celList(values: readonly string[]): string {
  return JSON.stringify(values).replaceAll(",", ", ");
}
