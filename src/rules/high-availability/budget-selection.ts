import type { Mode } from "../../engine/modes.ts";
import type { RuleContext } from "../../engine/rule.ts";
import { Judged } from "../../engine/subject.ts";
import { BUDGETED_KINDS, selectedGroups } from "../../kubernetes/disruption-pods.ts";
import { nameOf } from "../../kubernetes/object.ts";
import { controllerOf } from "../../kubernetes/owner.ts";
import { type ComponentRank, rankOf } from "./component-rank.ts";
import { minimumOf, type Scene, type Workload } from "./scene.ts";

/** A workload of which a budget selects Pods. */
export interface SelectedWorkload {
  readonly workload: Workload;
  readonly rank: ComponentRank | undefined;
  /** How many Pods there are at least; undefined for a DaemonSet, which has one on each node. */
  readonly pods: number | undefined;
}

/** What a budget selects in a scene. */
export interface Selection {
  readonly workloads: readonly SelectedWorkload[];
  /** Pods are there, though not of a workload that is known: made by an operator or by hand. */
  readonly hasOtherPods: boolean;
}

export function selectionOf(
  { platform }: Pick<RuleContext, "platform">,
  scene: Scene,
  selector: unknown,
): Selection {
  const workloads: SelectedWorkload[] = [];
  for (const kind of BUDGETED_KINDS) {
    for (const raw of scene.selected(kind, selector)) {
      const groups = selectedGroups(selector, kind, raw);
      const workload = { kind, name: nameOf(raw) ?? "", object: new Judged(kind, raw) };
      const minimum = minimumOf(workload, scene).replicas;
      const pods = groups.reduce((sum, group) => sum + group.count(minimum), 0);
      workloads.push({
        workload,
        rank: rankOf(platform, workload.object),
        pods: kind === "DaemonSet.apps" ? undefined : pods,
      });
    }
  }
  const hasOtherPods = workloads.length === 0 && scene.selected("Pod", selector).length > 0;
  return { workloads, hasOtherPods };
}

/** How many Pods a budget counts; undefined where that cannot be foretold. */
export function podsOf({ workloads, hasOtherPods }: Selection): number | undefined {
  let sum = 0;
  for (const { pods } of workloads) {
    if (pods === undefined) return undefined;
    sum += pods;
  }
  return hasOtherPods ? undefined : sum;
}

/** A budget of nothing but supporting components never blocks anybody. */
export function selectionCap({ workloads }: Selection): { readonly atMost?: Mode } {
  const isSupporting = workloads.every(({ rank }) => rank !== undefined && !rank.isCritical);
  return workloads.length > 0 && isSupporting ? { atMost: "warn" } : {};
}

/** `identity-provider`, `Deployment web` for what is no component. */
export function shownWorkload({
  workload,
  rank,
}: Pick<SelectedWorkload, "workload" | "rank">): string {
  if (rank?.isSure) return rank.name;
  const dot = workload.kind.indexOf(".");
  return `${dot < 0 ? workload.kind : workload.kind.slice(0, dot)} ${workload.name}`;
}

/**
 * A budget that an operator keeps for its own resource, like that of CloudNativePG for a primary,
 * which allows no eviction by design. Where nobody asks, the owner is the only sign.
 */
export function isOperatorBudget({ subject, object }: RuleContext): boolean {
  if (subject.byController) return true;
  return subject.door !== "admission" && controllerOf(object.raw) !== undefined;
}
