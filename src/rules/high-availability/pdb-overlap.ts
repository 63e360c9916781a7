import { z } from "zod";
import { defineRule, type Finding, type RuleContext } from "../../engine/rule.ts";
import { Judged } from "../../engine/subject.ts";
import { budgetSelector, PDB } from "../../kubernetes/disruption.ts";
import { BUDGETED_KINDS, selectedGroups } from "../../kubernetes/disruption-pods.ts";
import type { JsonObject } from "../../kubernetes/json.ts";
import type { GroupKind } from "../../kubernetes/kinds.ts";
import { field, ROOT } from "../../kubernetes/location.ts";
import { labelsOf, nameOf } from "../../kubernetes/object.ts";
import { isOperatorBudget, shownWorkload } from "./budget-selection.ts";
import { rankOf } from "./component-rank.ts";
import { sceneWith } from "./scene.ts";

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
  check(context) {
    const { object, subject } = context;
    if (isOperatorBudget(context)) return [];
    const name = nameOf(object.raw) ?? subject.name;
    const others = rivalsOf(context, budgetSelector(object.raw));
    return [...others].map(([other, shared]) => overlap(name, other, shared));
  },
});

interface Shared {
  readonly what: string;
  readonly isSupporting: boolean;
}

/** Other budgets by name, each with the most important thing of which both select the same Pod. */
function rivalsOf(context: RuleContext, selector: unknown): ReadonlyMap<string, Shared> {
  const scene = sceneWith(context, context.object.raw);
  const rivals = new Map<string, Shared>();
  const note = (labels: JsonObject | undefined, shared: Shared) => {
    for (const pdb of scene.budgets(labels)) {
      if (pdb === scene.written) continue;
      const name = nameOf(pdb) ?? "";
      if (rivals.get(name)?.isSupporting !== false) rivals.set(name, shared);
    }
  };
  for (const kind of BUDGETED_KINDS) {
    for (const raw of scene.selected(kind, selector)) {
      const shared = sharedWorkload(context, kind, raw);
      for (const { labels } of selectedGroups(selector, kind, raw)) note(labels, shared);
    }
  }
  // Pods of nothing that is known: made by an operator, or by hand.
  if (rivals.size === 0) {
    for (const pod of scene.selected("Pod", selector)) {
      note(labelsOf(pod), { what: `Pod ${nameOf(pod)}`, isSupporting: false });
    }
  }
  return rivals;
}

function sharedWorkload({ platform }: RuleContext, kind: GroupKind, raw: JsonObject): Shared {
  const object = new Judged(kind, raw);
  const rank = rankOf(platform, object);
  const workload = { kind, name: nameOf(raw) ?? "", object };
  return {
    what: shownWorkload({ workload, rank }),
    isSupporting: rank !== undefined && !rank.isCritical,
  };
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
