import type { Registration } from "./registrations.ts";

/** RuleWithOperations, admissionregistration.k8s.io/v1. */
export interface WebhookRule {
  readonly apiGroups: readonly string[];
  readonly apiVersions: readonly string[];
  readonly operations: readonly string[];
  readonly resources: readonly string[];
  readonly scope: "Namespaced" | "Cluster";
}

/** Folds cells into rules: one per group and set of operations, in a stable order. */
export function rulesOf(cells: readonly Registration[]): readonly WebhookRule[] {
  const byResource = new Map<string, Registration[]>();
  for (const cell of cells) {
    const key = `${cell.group} ${cell.resource}`;
    byResource.set(key, [...(byResource.get(key) ?? []), cell]);
  }
  const rules = new Map<string, WebhookRule>();
  for (const group of byResource.values()) {
    const first = group[0];
    if (first === undefined) continue;
    const operations = group.map(({ operation }) => operation).sort();
    const key = `${first.group} ${first.versions.join()} ${operations.join()} ${first.namespaced}`;
    const present = rules.get(key);
    rules.set(key, {
      apiGroups: [first.group],
      apiVersions: first.versions,
      operations,
      resources: [...(present?.resources ?? []), first.resource].sort(),
      scope: first.namespaced ? "Namespaced" : "Cluster",
    });
  }
  return [...rules.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, rule]) => rule);
}
