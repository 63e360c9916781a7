import { z } from "zod";
import { selectedBy } from "../../engine/pod-labels.ts";
import { defineRule, type RuleContext } from "../../engine/rule.ts";
import { budgetSelector, PDB } from "../../kubernetes/disruption.ts";
import { own } from "../../kubernetes/json.ts";
import type { GroupKind } from "../../kubernetes/kinds.ts";
import { field, ROOT } from "../../kubernetes/location.ts";
import { specOf } from "../../kubernetes/object.ts";
import { isOperatorBudget } from "./budget-selection.ts";

const STATEFUL: readonly GroupKind[] = ["StatefulSet.apps", "Cluster.postgresql.cnpg.io"];

export default defineRule({
  id: "pdb-unhealthy-policy",
  title: "Budgets say what becomes of Pods that are not healthy",
  why: "Unless a budget says otherwise, Pods that never become ready cannot be evicted while the budget is not met: a broken release then holds up every drain of its nodes.",
  practice: "high-availability",
  since: "0.1.0",
  targets: [{ kinds: [PDB], operations: ["CREATE"] }],
  needs: [],
  consults: STATEFUL,
  mode: "audit",
  doors: ["audit"],
  reads: ["spec"],
  params: z.strictObject({}),
  check(context) {
    const { object, subject } = context;
    const written = own(specOf(object.raw), "unhealthyPodEvictionPolicy") ?? undefined;
    if (written !== undefined || isOperatorBudget(context)) return [];
    return [
      {
        message: `PodDisruptionBudget ${subject.name} keeps Pods that are not healthy from being evicted`,
        fix: isStateful(context)
          ? "set IfHealthyBudget, on purpose, where replicas hold a quorum of data, else AlwaysAllow"
          : "set AlwaysAllow: what holds no data loses nothing",
        location: field(ROOT, "spec", "unhealthyPodEvictionPolicy"),
        key: "unset",
      },
    ];
  },
});

function isStateful({ cluster, subject, object }: RuleContext): boolean {
  const selector = budgetSelector(object.raw);
  return STATEFUL.some((kind) => {
    for (const _ of selectedBy(cluster, kind, subject.namespace, selector)) return true;
    return false;
  });
}
