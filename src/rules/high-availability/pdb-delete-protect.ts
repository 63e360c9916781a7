import { z } from "zod";
import { overrideAdvice } from "../../engine/override-advice.ts";
import { defineRule, type Finding, type RuleContext } from "../../engine/rule.ts";
import type { Judged } from "../../engine/subject.ts";
import { budgetSelector, PDB } from "../../kubernetes/disruption.ts";
import { podGroupsOf } from "../../kubernetes/disruption-pods.ts";
import { field, ROOT } from "../../kubernetes/location.ts";
import { isTerminating } from "../../kubernetes/object.ts";
import { replicasOf } from "../../kubernetes/scale.ts";
import { selects } from "../../kubernetes/selector.ts";
import { type ComponentRank, capOf } from "./component-rank.ts";
import { criticalWorkloads, PROTECTED_KINDS } from "./protected-workloads.ts";
import { type Scene, sceneWith, type Workload } from "./scene.ts";

const ID = "pdb-delete-protect";

export default defineRule({
  id: ID,
  title: "Critical components keep their budget",
  why: "Without its budget a component survives until the next node drain, which then takes every replica at once; the deletion itself goes unnoticed.",
  practice: "high-availability",
  since: "0.1.0",
  targets: [{ kinds: [PDB], operations: ["UPDATE", "DELETE"] }],
  needs: [PDB, ...PROTECTED_KINDS],
  mode: "enforce",
  modeNote: "an inferred component: warn",
  doors: ["admission"],
  reads: ["spec.selector"],
  params: z.strictObject({}),
  *check(context) {
    const { subject, object, namespaceObject } = context;
    const isDeleted = subject.operation === "DELETE";
    const before = isDeleted ? object : subject.old;
    if (before === undefined || (!isDeleted && object === before)) return;
    if (namespaceObject !== undefined && isTerminating(namespaceObject)) return;
    const scene = sceneWith(context, isDeleted ? undefined : object.raw);
    const dropped = criticalWorkloads(context, scene, budgetSelector(before.raw));
    for (const { workload, rank } of dropped) {
      if (isLeftAlone(scene, workload, before)) yield unprotected(context, workload, rank);
    }
  },
});

/** Whether Pods that the budget selected have none any more. */
function isLeftAlone(scene: Scene, { kind, object }: Workload, before: Judged): boolean {
  const replicas = replicasOf(kind, object.raw);
  return podGroupsOf(kind, object.raw).some(({ labels, count }) => {
    if (count(replicas) === 0 || !selects(budgetSelector(before.raw), labels)) return false;
    return scene.budgets(labels).length === 0;
  });
}

function unprotected(
  { subject, now }: RuleContext,
  { kind, name }: Workload,
  rank: ComponentRank,
): Finding {
  const word = kind.slice(0, kind.indexOf("."));
  const isDeleted = subject.operation === "DELETE";
  const way = isDeleted ? "delete the workload first" : "keep it selected";
  return {
    message: `no PDB would select ${rank.shown} any more (${word} ${name}); drains could take every replica`,
    fix: `${way}, or let it pass by an override of the policy: ${overrideAdvice(ID, subject, now)}`,
    location: isDeleted ? ROOT : field(ROOT, "spec", "selector"),
    key: `${kind}/${name}`,
    ...capOf(rank),
  };
}
