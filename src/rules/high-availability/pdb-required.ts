import { z } from "zod";
import { layerName } from "../../engine/names.ts";
import { kindWord } from "../../engine/policy.ts";
import { defineRule, type Finding, type RuleContext } from "../../engine/rule.ts";
import { ageOf } from "../../kubernetes/age.ts";
import { PDB } from "../../kubernetes/disruption.ts";
import { field, ROOT } from "../../kubernetes/location.ts";
import { budgetManifest } from "./budget-manifest.ts";
import { rankOf } from "./component-rank.ts";
import { AUTOSCALERS, minimumOf, sceneOf, workloadOf } from "./scene.ts";

const params = z.strictObject({
  graceMinutes: z
    .int()
    .nonnegative()
    .default(10)
    .describe("minutes that the audit gives a new workload until its budget is there"),
  statefulLayers: z
    .array(layerName)
    .default(["data"])
    .describe("layers in which every StatefulSet needs a budget, component or not"),
});

type Params = z.output<typeof params>;

export default defineRule({
  id: "pdb-required",
  title: "Critical and stateful workloads have a PodDisruptionBudget",
  why: "Without a budget a node drain may evict every replica at once, and two drains in parallel surely will; a budget makes the second one wait.",
  practice: "high-availability",
  since: "0.1.0",
  targets: [{ kinds: ["Deployment.apps", "StatefulSet.apps"], operations: ["CREATE", "UPDATE"] }],
  needs: [PDB],
  consults: AUTOSCALERS,
  mode: "warn",
  modeNote: "never enforced: kubectl and kustomize apply the workload before its budget",
  reads: [
    "metadata.labels",
    "metadata.annotations",
    "spec.replicas",
    "TP.metadata.labels",
    "TP.spec.containers",
  ],
  params,
  check(context) {
    const { object, subject } = context;
    const who = protectedName(context);
    if (who === undefined || isYoungInAudit(context)) return [];
    const scene = sceneOf(context);
    const workload = scene && workloadOf(context, scene);
    if (scene === undefined || workload === undefined) return [];
    if (scene.budgets(object.template?.labels).length > 0) return [];
    if (minimumOf(workload, scene).replicas < 2) return [];
    const where = subject.door === "check" ? " in these files" : "";
    const finding: Finding = {
      message: `no PDB${where} selects ${who}`,
      fix: `apply ${budgetManifest(subject, object)}`,
      location: field(ROOT, "spec", "template", "metadata", "labels"),
      key: "budget",
    };
    return [finding];
  },
});

/** What needs a budget, by the name that people know it by. */
function protectedName(context: RuleContext<Params>): string | undefined {
  const { platform, object, layer, params, subject } = context;
  const rank = rankOf(platform, object);
  if (rank?.isCritical) return rank.shown;
  const isStateful = object.kind === "StatefulSet.apps" && layer !== undefined;
  if (!isStateful || !params.statefulLayers.includes(layer)) return undefined;
  return rank?.isSure ? rank.shown : `${kindWord(subject.kind)} ${subject.name}`;
}

function isYoungInAudit({ subject, object, params, now }: RuleContext<Params>): boolean {
  return subject.door === "audit" && ageOf(object.raw, now) < params.graceMinutes * 60_000;
}
