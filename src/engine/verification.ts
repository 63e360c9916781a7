import type { ClusterView } from "./cluster-view.ts";
import type { Check } from "./policy.ts";
import type { Scope } from "./scope.ts";

/** Why a rule's answer cannot be relied on here: never deny, and never patch, on ignorance. */
export function unverifiedReason(
  { rule, needs }: Check,
  scope: Scope,
  cluster: ClusterView,
): string | undefined {
  if (scope.notVerified !== undefined && rule.everywhere !== true) return scope.notVerified;
  for (const kind of needs) {
    if (cluster.readability(kind) === "unreadable") {
      return cluster.reason(kind) ?? `${kind} cannot be read`;
    }
  }
  return undefined;
}
