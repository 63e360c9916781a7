import { z } from "zod";
import { layerName } from "../../engine/names.ts";
import { defineRule, type Finding, type RuleContext } from "../../engine/rule.ts";
import { ageOf } from "../../kubernetes/age.ts";
import { budgetSelector, PDB } from "../../kubernetes/disruption.ts";
import { field, ROOT } from "../../kubernetes/location.ts";
import { isEmptySelector, isNullSelector } from "../../kubernetes/selector.ts";
import { isOperatorBudget, type Selection, selectionCap, selectionOf } from "./budget-selection.ts";
import { AUTOSCALERS, sceneWith } from "./scene.ts";

const params = z.strictObject({
  graceMinutes: z
    .int()
    .nonnegative()
    .default(10)
    .describe("minutes that a new budget may wait for the workload that it selects"),
  layers: z
    .array(layerName)
    .default(["data"])
    .describe("layers in which a budget must not select a whole namespace of several workloads"),
});

type Params = z.output<typeof params>;

export default defineRule({
  id: "pdb-selector",
  title: "A budget selects one workload",
  why: "A budget that selects nothing protects nothing, and one over a whole namespace counts unrelated Pods together: one broken workload then blocks every eviction there.",
  practice: "high-availability",
  since: "0.1.0",
  targets: [{ kinds: [PDB], operations: ["CREATE", "UPDATE"] }],
  needs: ["Deployment.apps", "StatefulSet.apps"],
  consults: [
    "DaemonSet.apps",
    "ReplicationController",
    "Cluster.postgresql.cnpg.io",
    "Pod",
    ...AUTOSCALERS,
  ],
  mode: "enforce",
  modeNote:
    "enforce for a whole namespace of the data layer with a component that is not supporting, else warn",
  reads: ["spec.selector"],
  params,
  check(context) {
    const { object } = context;
    const selector = budgetSelector(object.raw);
    if (isOperatorBudget(context)) return [];
    if (isNullSelector(selector)) {
      return [finding("there is no selector, which selects no Pods", "null", { atMost: "warn" })];
    }
    const selection = selectionOf(context, sceneWith(context, object.raw), selector);
    return isEmptySelector(selector) ? whole(context, selection) : nothing(context, selection);
  },
});

function whole({ layer, params, subject }: RuleContext<Params>, selection: Selection): Finding[] {
  const count = selection.workloads.length;
  if (count < 2) return [];
  const isGuarded = layer !== undefined && params.layers.includes(layer);
  const cap = isGuarded ? selectionCap(selection) : { atMost: "warn" as const };
  const message = `selector {} selects all ${count} workloads of namespace ${subject.namespace} together`;
  return [finding(message, "whole", cap)];
}

/** Charts bring the budget before the workload; files are all there is. */
function nothing(context: RuleContext<Params>, selection: Selection): Finding[] {
  const { subject, object, params, now } = context;
  if (selection.workloads.length > 0 || selection.hasOtherPods) return [];
  const isYoung = ageOf(object.raw, now) < params.graceMinutes * 60_000;
  if (isYoung && subject.door !== "check") return [];
  const where = subject.door === "check" ? "in these files" : `in namespace ${subject.namespace}`;
  return [finding(`the selector matches no workload ${where}`, "nothing", { atMost: "warn" })];
}

function finding(message: string, key: string, cap: Pick<Finding, "atMost">): Finding {
  return {
    message,
    fix: "select the labels of the pod template of one workload",
    location: field(ROOT, "spec", "selector"),
    key,
    ...cap,
  };
}
