import type { ClusterView } from "../engine/cluster-view.ts";
import { kindWord, type Policy } from "../engine/policy.ts";
import { judgesAt } from "../engine/rule.ts";
import { type Door, Judged, type Subject } from "../engine/subject.ts";
import { type JsonObject, ownString } from "../kubernetes/json.ts";
import { type GroupKind, groupKindOf, kindInfo } from "../kubernetes/kinds.ts";
import { displayNameOf, nameOf, namespaceOf } from "../kubernetes/object.ts";
import {
  type ControllerReference,
  controllerOf,
  type Owner,
  topOwnerOf,
} from "../kubernetes/owner.ts";

export type ReportDoor = Exclude<Door, "admission">;

/** Who answers for an object that a controller has stamped out. */
export interface Lineage {
  /** The uppermost controller that is judged itself. */
  readonly judged?: Owner;
  /** A controller that nobody here judges: its children speak for it, once. */
  readonly foreign?: ControllerReference;
}

const NOBODY: Lineage = {};

/** An object as a subject: judged as if it were created now. */
export function createdSubject(door: ReportDoor, raw: JsonObject, defaultNamespace = ""): Subject {
  const kind = kindOf(raw);
  return {
    door,
    operation: "CREATE",
    kind,
    subresource: "",
    namespace: namespaceFor(kind, raw, defaultNamespace),
    name: displayNameOf(raw) ?? "",
    object: new Judged(kind, raw),
    old: undefined,
    user: "",
    dryRun: false,
    byController: false,
  };
}

export function kindOf(raw: JsonObject): GroupKind {
  return groupKindOf(ownString(raw, "apiVersion") ?? "", ownString(raw, "kind") ?? "");
}

/** Follows the controllers upwards as far as they are known. */
export function lineageOf(policy: Policy, cluster: ClusterView, subject: Subject): Lineage {
  const { raw } = subject.object;
  const foreign = controllerOf(raw);
  if (foreign === undefined) return NOBODY;
  const judged = topOwnerOf(raw, (kind, name) => cluster.get(kind, subject.namespace, name));
  return judged !== undefined && policy.judges(judged.kind) ? { judged } : { foreign };
}

export const STAMPED_KINDS: readonly GroupKind[] = ["ReplicaSet.apps", "Job.batch", "Pod"];

/** A Pod that something has made is no workload of its own: rules about workloads leave it alone. */
const OF_STAMPED: readonly GroupKind[] = ["Deployment.apps"];

/** Which kinds answer for a child of a controller that is judged itself. */
export function speakersFor(child: GroupKind, owner: GroupKind): readonly GroupKind[] {
  return STAMPED_KINDS.includes(child) ? [owner, ...OF_STAMPED] : [owner];
}

/** Whether some rule judges the child that nobody answers for. */
export function addsToOwner(
  policy: Policy,
  door: ReportDoor,
  child: GroupKind,
  owner: GroupKind,
): boolean {
  const speakers = speakersFor(child, owner);
  return policy
    .checksFor(door, child, "CREATE")
    .some(
      ({ rule }) =>
        rule.check !== undefined && !speakers.some((kind) => judgesAt(rule, door, kind)),
    );
}

/** `fix it in the Rollout spec`: the child is written anew by its controller. */
export function ownerAdvice(owner: GroupKind, fix: string): string {
  return `fix it in the ${kindWord(owner)} spec: ${fix}`;
}

function namespaceFor(kind: GroupKind, raw: JsonObject, defaultNamespace: string): string {
  if (kind === "Namespace") return nameOf(raw) ?? "";
  if (kindInfo(kind)?.namespaced === false) return "";
  return namespaceOf(raw) ?? defaultNamespace;
}
