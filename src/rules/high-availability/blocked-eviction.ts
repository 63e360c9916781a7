import type { Finding, RuleContext } from "../../engine/rule.ts";
import {
  type Budget,
  budgetOf,
  budgetSelector,
  budgetText,
  headroom,
  isNeverEvicting,
} from "../../kubernetes/disruption.ts";
import { field, type Location, ROOT } from "../../kubernetes/location.ts";
import { nameOf } from "../../kubernetes/object.ts";
import { isOperatorBudget, podsOf, selectionCap, selectionOf } from "./budget-selection.ts";
import { replicaText } from "./minimum-text.ts";
import {
  AUTOSCALERS,
  type Scene,
  scaledBy,
  sceneOf,
  sceneWith,
  type Workload,
  workloadOf,
} from "./scene.ts";

const HANG = "node drains will hang";
const FIX = "set minAvailable 1 or maxUnavailable 1";
/** The smallest number of replicas that is worth a budget. */
const FEWEST = 2;

/** A budget that refuses every eviction of what it selects. */
export function blockingBudget(context: RuleContext): Finding[] {
  const { object } = context;
  if (isOperatorBudget(context)) return [];
  const budget = budgetOf(object.raw);
  if (budget.form === "invalid") return [invalid(budget)];
  const selection = selectionOf(
    context,
    sceneWith(context, object.raw),
    budgetSelector(object.raw),
  );
  const pods = podsOf(selection);
  const place = { location: budgetLocation(budget), key: "blocks", fix: FIX };
  if (pods === undefined || pods === 0) {
    if (isNeverEvicting(budget)) {
      return [{ ...place, message: neverText(budget), magnitude: 0, ...selectionCap(selection) }];
    }
    return pods === 0 && headroom(budget, FEWEST) <= 0 ? [{ ...place, ...foreseen(budget) }] : [];
  }
  const room = headroom(budget, pods);
  if (room > 0) return [];
  const cap = pods < FEWEST ? { atMost: "warn" as const } : selectionCap(selection);
  const message = isNeverEvicting(budget) ? neverText(budget) : blockedText(budget, pods);
  const fix =
    pods < FEWEST ? `run ${FEWEST} or more replicas; until then set maxUnavailable 1` : FIX;
  return [{ ...place, message, fix, magnitude: -room, ...cap }];
}

/** Nothing is there yet: charts bring the budget before the workload. */
function foreseen(budget: Budget): Pick<Finding, "message" | "magnitude" | "atMost"> {
  return {
    message: `${budgetText(budget)} would allow no eviction of ${replicaText(FEWEST)}; ${HANG}`,
    magnitude: -headroom(budget, FEWEST),
    atMost: "warn",
  };
}

function neverText(budget: Budget): string {
  const what =
    budget.form === "limit"
      ? `${budgetText(budget)} allows no eviction`
      : "neither minAvailable nor maxUnavailable is set, which allows no eviction";
  return `${what}; ${HANG}`;
}

function blockedText(budget: Budget, pods: number): string {
  return `${budgetText(budget)} of ${replicaText(pods)} allows no eviction; ${HANG}`;
}

function invalid({ field: key, why }: Extract<Budget, { form: "invalid" }>): Finding {
  return {
    message: `${key} ${why}; the API server refuses it`,
    fix: FIX,
    location: field(ROOT, "spec", key),
    key: "invalid",
  };
}

function budgetLocation(budget: Budget): Location {
  return budget.form === "neither" ? field(ROOT, "spec") : field(ROOT, "spec", budget.field);
}

/** Budgets that refuse every eviction once this workload or its autoscaler is changed. */
export function blockedByWorkload(context: RuleContext): Finding[] {
  const { subject, object } = context;
  if (subject.operation !== "DELETE") return blockedIn(context, sceneOf(context));
  const before = blockedIn(context, sceneWith(context, object.raw)).map(({ key }) => key);
  const after = blockedIn(context, sceneWith(context, undefined));
  return after.filter(({ key }) => !before.includes(key));
}

function blockedIn(context: RuleContext, scene: Scene | undefined): Finding[] {
  const workload = scene && changedWorkload(context, scene);
  if (scene === undefined || workload === undefined) return [];
  const findings: Finding[] = [];
  for (const pdb of scene.budgets(workload.object.template?.labels)) {
    const pods = podsOf(selectionOf(context, scene, budgetSelector(pdb)));
    const budget = budgetOf(pdb);
    if (budget.form === "invalid" || pods === undefined || pods === 0) continue;
    if (headroom(budget, pods) > 0) continue;
    findings.push(blockedFinding(context, nameOf(pdb) ?? "", budget, pods));
  }
  return findings;
}

function changedWorkload(context: RuleContext, scene: Scene): Workload | undefined {
  const { subject, object } = context;
  return subject.operation === "DELETE" ? scaledBy(object.raw, scene) : workloadOf(context, scene);
}

function blockedFinding(
  { subject }: RuleContext,
  name: string,
  budget: Budget,
  pods: number,
): Finding {
  const isAutoscaler = AUTOSCALERS.includes(subject.kind);
  const amount = pods < FEWEST ? "maxUnavailable 1" : "minAvailable 1 or maxUnavailable 1";
  return {
    message: `PDB ${name}: ${blockedText(budget, pods)}`,
    fix: `keep more replicas, or set ${amount} in PDB ${name}`,
    location: field(ROOT, "spec", isAutoscaler ? "scaleTargetRef" : "replicas"),
    key: `pdb:${name}`,
    atMost: "warn",
  };
}
