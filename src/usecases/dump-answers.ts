import type { StaticView } from "../engine/static-view.ts";
import { asString, dig } from "../kubernetes/json.ts";
import { type GroupKind, groupKind, kindInfo } from "../kubernetes/kinds.ts";
import type { KindAnswer, KindAnswers } from "./audit-view.ts";

const CRD: GroupKind = "CustomResourceDefinition.apiextensions.k8s.io";

/**
 * What a dump says about each kind: the built-in ones are taken as complete. A custom kind is there
 * when the dump holds its definition; where it holds no definition of that API group, when it holds
 * any object of the group.
 */
export function dumpAnswers(view: StaticView, kinds: readonly GroupKind[]): KindAnswers {
  const defined = new Map<string, Set<GroupKind>>();
  for (const crd of view.list(CRD)) {
    const group = asString(dig(crd, "spec", "group")) ?? "";
    const kind = groupKind(group, asString(dig(crd, "spec", "names", "kind")) ?? "");
    defined.set(group, (defined.get(group) ?? new Set()).add(kind));
  }
  const answerFor = (kind: GroupKind): KindAnswer => {
    if (kind === "Namespace" && isEmpty(view.list(kind))) {
      const reason = "the dump holds no namespaces; add what kubectl get namespaces -o json prints";
      return { state: "unreadable", reason };
    }
    const state = view.readability(kind) === "absent" ? "absent" : "readable";
    const known = defined.get(kindInfo(kind)?.group ?? "");
    if (known === undefined || known.has(kind) || !isEmpty(view.list(kind))) return { state };
    return { state: "absent" };
  };
  return new Map(kinds.map((kind) => [kind, answerFor(kind)]));
}

function isEmpty(objects: Iterable<unknown>): boolean {
  for (const _ of objects) return false;
  return true;
}
