import type { ClusterView } from "./cluster-view.ts";
import type { Rule } from "./rule.ts";
import type { Scope } from "./scope.ts";

/** Why a rule's answer cannot be relied on here: never deny, and never patch, on ignorance. */
export function unverifiedReason(
  rule: Rule,
  scope: Scope,
  cluster: ClusterView,
): string | undefined {
  if (scope.notVerified !== undefined && rule.everywhere !== true) return scope.notVerified;
  for (const kind of rule.needs) {
    if (cluster.readability(kind) === "unreadable") {
      return cluster.reason(kind) ?? `${kind} cannot be read`;
    }
  }
  return undefined;
}
