import type { ClusterView } from "../engine/cluster-view.ts";
import type { Policy } from "../engine/policy.ts";
import type { Subject } from "../engine/subject.ts";
import type { JsonObject } from "../kubernetes/json.ts";
import type { GroupKind } from "../kubernetes/kinds.ts";
import { isTerminating } from "../kubernetes/object.ts";
import { controllerOf } from "../kubernetes/owner.ts";
import { addsToOwner, lineageOf, STAMPED_KINDS } from "./created-subject.ts";

export interface AuditScope {
  readonly policy: Policy;
  readonly judged: ReadonlySet<GroupKind>;
  /** Only what lives in these; none: all but those that the policy excludes. */
  readonly namespaces: ReadonlySet<string>;
}

/** Whether an audit speaks of it at all, be it by its controller. */
export function isInScope({ policy, judged, namespaces }: AuditScope, subject: Subject): boolean {
  const { namespace, kind, object } = subject;
  if (!judged.has(kind) || isTerminating(object.raw)) return false;
  if (policy.isExcluded(namespace)) return false;
  return namespaces.size === 0 || namespaces.has(namespace);
}

/** Whether it is judged itself, and not left to the controller that has made it. */
export function isJudgedItself(policy: Policy, view: ClusterView, subject: Subject): boolean {
  const { judged } = lineageOf(policy, view, subject);
  return judged === undefined || addsToOwner(policy, "audit", subject.kind, judged.kind);
}

/**
 * Whether its controller answers for it, as far as its own owner references tell: that controller
 * may be gone, and then the garbage collector is on its way.
 */
export function isLeftToController(policy: Policy, kind: GroupKind, raw: JsonObject): boolean {
  if (!STAMPED_KINDS.includes(kind)) return false;
  const controller = controllerOf(raw);
  if (controller === undefined || !policy.judges(controller.kind)) return false;
  return !addsToOwner(policy, "audit", kind, controller.kind);
}
