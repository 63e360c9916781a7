import { z } from "zod";
import { defineRule, type Finding, type RuleContext } from "../../engine/rule.ts";
import { Judged } from "../../engine/subject.ts";
import { budgetSelector } from "../../kubernetes/disruption.ts";
import { BUDGETED_KINDS, podGroupsOf } from "../../kubernetes/disruption-pods.ts";
import type { JsonObject } from "../../kubernetes/json.ts";
import { field, ROOT } from "../../kubernetes/location.ts";
import { labelsOf, nameOf } from "../../kubernetes/object.ts";
import { selects } from "../../kubernetes/selector.ts";
import { isOperatorBudget, PDB, type SelectedWorkload, shownWorkload } from "./budget-selection.ts";
import { rankOf } from "./component-rank.ts";
import { type Scene, sceneWith } from "./scene.ts";

export default defineRule({
  id: "pdb-overlap",
  title: "A Pod is selected by one budget only",
  why: "The eviction API answers 500 for a Pod that two budgets select, however generous both are: drains fail on it for good, and no event says why.",
  practice: "high-availability",
  since: "0.1.0",
  targets: [{ kinds: [PDB], operations: ["CREATE", "UPDATE"] }],
  needs: [PDB, ...BUDGETED_KINDS.slice(0, 2)],
  consults: [...BUDGETED_KINDS.slice(2), "Pod"],
  mode: "enforce",
  modeNote: "budgets of a supporting component: warn",
  reads: ["spec.selector"],
  params: z.strictObject({}),
  *check(context) {
    const { object, subject } = context;
    if (isOperatorBudget(context)) return;
    const selector = budgetSelector(object.raw);
    const scene = sceneWith(context, object.raw);
    const name = nameOf(object.raw) ?? subject.name;
    for (const other of scene.list(PDB)) {
      if (other === object.raw) continue;
      const shared = sharedBy(context, scene, [selector, budgetSelector(other)]);
      if (shared !== undefined) yield overlap(name, nameOf(other) ?? "", shared);
    }
  },
});

interface Shared {
  readonly what: string;
  readonly isSupporting: boolean;
}

/** The most important workload of which both select the same Pod, else any Pod. */
function sharedBy(
  { platform }: RuleContext,
  scene: Scene,
  selectors: readonly unknown[],
): Shared | undefined {
  let found: Shared | undefined;
  for (const kind of BUDGETED_KINDS) {
    for (const raw of scene.list(kind)) {
      if (!podGroupsOf(kind, raw).some(({ labels }) => areAllSelecting(selectors, labels)))
        continue;
      const object = new Judged(kind, raw);
      const workload = { kind, name: nameOf(raw) ?? "", object };
      const selected: SelectedWorkload = {
        workload,
        rank: rankOf(platform, object),
        pods: undefined,
      };
      const isSupporting = selected.rank !== undefined && !selected.rank.isCritical;
      found = { what: shownWorkload(selected), isSupporting };
      if (!isSupporting) return found;
    }
  }
  return found ?? sharedPod(scene, selectors);
}

function sharedPod(scene: Scene, selectors: readonly unknown[]): Shared | undefined {
  for (const pod of scene.list("Pod")) {
    if (!areAllSelecting(selectors, labelsOf(pod))) continue;
    return { what: `Pod ${nameOf(pod)}`, isSupporting: false };
  }
  return undefined;
}

function areAllSelecting(selectors: readonly unknown[], labels: JsonObject | undefined): boolean {
  return selectors.every((selector) => selects(selector, labels));
}

function overlap(name: string, other: string, { what, isSupporting }: Shared): Finding {
  return {
    message: `PDB ${name} and ${other} both select ${what}; every eviction fails with 500`,
    fix: `keep one: change PDB ${other}, or narrow this selector`,
    location: field(ROOT, "spec", "selector"),
    key: `overlap:${other}`,
    ...(isSupporting ? { atMost: "warn" as const } : {}),
  };
}
