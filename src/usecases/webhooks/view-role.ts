import { lookedUpKinds, type Rule } from "../../engine/rule.ts";
import { type GroupKind, kindInfo } from "../../kubernetes/kinds.ts";
import { kindsReadFor } from "../audited-kinds.ts";

interface PolicyRule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

/** What is refused or goes wrong is said there, in the namespace that it is about. */
const WRITES_EVENTS: PolicyRule = {
  apiGroups: ["events.k8s.io"],
  resources: ["events"],
  verbs: ["create", "patch"],
};

/** An audit that goes on reads what Pods use, too; there is nothing to watch. */
const READS_USAGE: PolicyRule = {
  apiGroups: ["metrics.k8s.io"],
  resources: ["pods"],
  verbs: ["list"],
};

/**
 * The ClusterRole that lets an audit read a cluster, by hand or in it, whatever the policy switches
 * on: no Secrets, nothing to write.
 */
export function auditClusterRole(rules: readonly Rule[]) {
  return {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "ClusterRole",
    metadata: {
      name: "keymate-guard-audit",
      labels: { "app.kubernetes.io/name": "keymate-guard" },
    },
    rules: [...readRules(kindsReadFor(rules).all, ["list", "watch"]), READS_USAGE],
  };
}

/**
 * The ClusterRole that lets the guard see exactly what its rules look up, and nothing more, and
 * write Events.
 */
export function viewClusterRole(rules: readonly Rule[]) {
  return {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "ClusterRole",
    metadata: { name: "keymate-guard", labels: { "app.kubernetes.io/name": "keymate-guard" } },
    rules: [...readRules(lookedUpKinds(rules), ["list", "watch"]), WRITES_EVENTS],
  };
}

function readRules(kinds: readonly GroupKind[], verbs: readonly string[]): readonly PolicyRule[] {
  const groups = new Map<string, Set<string>>();
  for (const kind of kinds) {
    const info = kindInfo(kind);
    if (info === undefined) throw new RangeError(`${kind} is not in the table of kinds`);
    groups.set(info.group, (groups.get(info.group) ?? new Set()).add(info.plural));
  }
  return [...groups.entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([group, resources]) => ({
      apiGroups: [group],
      resources: [...resources].sort(),
      verbs,
    }));
}
