import { z } from "zod";
import { defineRule, type Finding } from "../../engine/rule.ts";
import {
  budgetOf,
  budgetSelector,
  budgetText,
  desiredHealthy,
  isNeverProtecting,
  PDB,
} from "../../kubernetes/disruption.ts";
import { field, ROOT } from "../../kubernetes/location.ts";
import { isOperatorBudget, podsOf, selectionOf } from "./budget-selection.ts";
import { replicaText } from "./minimum-text.ts";
import { AUTOSCALERS, sceneWith } from "./scene.ts";

export default defineRule({
  id: "pdb-ineffective",
  title: "A budget keeps at least one replica",
  why: "A budget that lets every replica go at once protects nothing, but looks on every dashboard as if it did.",
  practice: "high-availability",
  since: "0.1.0",
  targets: [{ kinds: [PDB], operations: ["CREATE", "UPDATE"] }],
  needs: ["Deployment.apps", "StatefulSet.apps", ...AUTOSCALERS],
  consults: ["DaemonSet.apps", "ReplicationController", "Cluster.postgresql.cnpg.io", "Pod"],
  mode: "warn",
  reads: ["spec.selector", "spec.minAvailable", "spec.maxUnavailable"],
  params: z.strictObject({}),
  check(context) {
    const { object } = context;
    const budget = budgetOf(object.raw);
    if (budget.form !== "limit" || isOperatorBudget(context)) return [];
    const text = budgetText(budget);
    const finding: Finding = {
      message: `${text} protects nothing: a drain may take every replica at once`,
      fix: "set minAvailable 1 or maxUnavailable 1",
      location: field(ROOT, "spec", budget.field),
      key: "ineffective",
    };
    if (isNeverProtecting(budget)) return [finding];
    const scene = sceneWith(context, object.raw);
    const pods = podsOf(selectionOf(context, scene, budgetSelector(object.raw)));
    // Of a single replica no budget can keep one and let one go.
    if (pods === undefined || pods < 2 || desiredHealthy(budget, pods) > 0) return [];
    const message = `${text} of ${replicaText(pods)} protects nothing: a drain may take all of them at once`;
    return [{ ...finding, message }];
  },
});
