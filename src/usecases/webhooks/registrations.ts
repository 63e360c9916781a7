import type { Mode } from "../../engine/modes.ts";
import { cap } from "../../engine/modes.ts";
import { askedTargets, type Check, type Policy } from "../../engine/policy.ts";
import type { Operation } from "../../engine/subject.ts";
import { type GroupKind, kindInfo, versionsOf } from "../../kubernetes/kinds.ts";

/** One cell of a webhook rule: a resource, perhaps with subresource, in one operation. */
export interface Registration {
  readonly group: string;
  /** As many as may be served: each is sent as it was asked for. */
  readonly versions: readonly string[];
  /** `deployments` or `pods/resize`. */
  readonly resource: string;
  readonly operation: Operation;
  readonly namespaced: boolean;
  /** Some rule may deny here under this policy, so the guard's absence must not open the door. */
  readonly enforceable: boolean;
}

/**
 * Replica changes by name: seen, never in the way, even where no rule judges them. A Scale
 * carries no labels, so the parent's own registration does not cover it.
 */
const SCALABLE: readonly GroupKind[] = [
  "Deployment.apps",
  "StatefulSet.apps",
  "ReplicaSet.apps",
  "ReplicationController",
  "Cluster.postgresql.cnpg.io",
];

/** What validating rules want to see, each cell once; what every mode turns off is not sent. */
export function validatingRegistrations(policy: Policy): readonly Registration[] {
  const cells = new Map<string, Registration>();
  for (const kind of SCALABLE) add(cells, cellOf(kind, "UPDATE", "scale", false));
  for (const check of policy.checks) {
    if (check.rule.check === undefined || !isHeard(check) || isOff(check)) continue;
    addTargets(cells, check, policy.cap);
  }
  return [...cells.values()];
}

/** What mutating rules want to fill in; only what is enforced somewhere is ever patched. */
export function mutatingRegistrations(policy: Policy): readonly Registration[] {
  const cells = new Map<string, Registration>();
  for (const check of policy.checks) {
    if (check.rule.mutate === undefined || strictestMode(check, policy.cap) !== "enforce") continue;
    addTargets(cells, check, policy.cap);
  }
  return [...cells.values()];
}

function addTargets(cells: Map<string, Registration>, check: Check, limit: Mode): void {
  const enforceable = strictestMode(check, limit) === "enforce";
  for (const { kinds, operations, subresource } of askedTargets(check, "admission")) {
    for (const kind of kinds) {
      for (const operation of operations) {
        add(cells, cellOf(kind, operation, subresource ?? "", enforceable));
      }
    }
  }
}

function add(cells: Map<string, Registration>, cell: Registration | undefined): void {
  if (cell === undefined) return;
  const key = `${cell.group}/${cell.resource} ${cell.operation}`;
  const present = cells.get(key);
  cells.set(key, present?.enforceable === true ? present : cell);
}

function cellOf(
  kind: GroupKind,
  operation: Operation,
  subresource: string,
  enforceable: boolean,
): Registration | undefined {
  const info = kindInfo(kind);
  if (info === undefined) return undefined;
  const { group, plural, namespaced } = info;
  const resource = subresource === "" ? plural : `${plural}/${subresource}`;
  return { group, versions: versionsOf(info), resource, operation, namespaced, enforceable };
}

function isHeard({ rule }: Check): boolean {
  return rule.doors === undefined || rule.doors.includes("admission");
}

/** Secrets, say, stay where they are until somebody asks for a rule about them. */
function isOff({ mode, overrides }: Check): boolean {
  return mode === "off" && overrides.every((override) => override.mode === "off");
}

/** Before scope is known: the policy's mode or a stricter override, under the overall cap. */
function strictestMode(check: Check, limit: Mode): Mode {
  const modes = [check.mode, ...check.overrides.map(({ mode }) => mode)];
  return cap(modes.includes("enforce") ? "enforce" : check.mode, limit);
}
