import { jsonEqual } from "../kubernetes/equality.ts";
import type { JsonObject } from "../kubernetes/json.ts";
import { pointerOf } from "../kubernetes/location.ts";
import type { Environment } from "./environment.ts";
import { applyOperations, canAdd, operationsFor } from "./patch.ts";
import type { PatchOperation } from "./patch-operation.ts";
import type { Check } from "./policy.ts";
import type { Addition, Mutation, MutationContext } from "./rule.ts";
import { contextFor } from "./rule-context.ts";
import { type Scope, scopeOf } from "./scope.ts";
import { Judged, type Subject } from "./subject.ts";
import { unverifiedReason } from "./verification.ts";

export interface MutationPlan {
  readonly patch: readonly PatchOperation[];
  /** What was filled in, told once on CREATE. */
  readonly announcements: readonly string[];
  readonly rules: readonly string[];
  /** Set when the patch did not survive its own check, or a rule threw: then nothing is sent. */
  readonly fault?: { readonly where: "rule" | "patch"; readonly error: unknown };
  /** The time ran out before every rule was asked and the patch was checked: then nothing is sent. */
  readonly incomplete?: true;
}

const NOTHING: MutationPlan = { patch: [], announcements: [], rules: [] };

/** Kinds whose pod template cannot change once they exist. */
const FROZEN = new Set(["Pod", "Job.batch"]);

/**
 * What the mutating rules in force add to an object. The patch is applied to a copy and planned
 * again before it is returned: it has to apply, and a second run has to find nothing to do.
 */
export function planMutation(environment: Environment, subject: Subject): MutationPlan {
  if (!mayMutate(subject)) return NOTHING;
  const scope = scopeOf(environment.policy, environment.cluster, subject);
  if (scope.layer === undefined || scope.notVerified !== undefined) return NOTHING;
  const checks = mutatingChecks(environment, subject).filter(
    (check) =>
      modeOf(environment, check, subject, scope) === "enforce" &&
      unverifiedReason(check, scope, environment.cluster) === undefined,
  );
  if (checks.length === 0) return NOTHING;
  try {
    const plan = run(environment, subject, scope, checks);
    if (plan.patch.length === 0) return NOTHING;
    proveComplete(environment, subject, scope, checks, plan);
    return plan;
  } catch (error) {
    return failed(error);
  }
}

/** A patch that does not hold what it promises. */
class BadPatch extends Error {}

/** No fault of the code: the object is large, or the guard is busy. */
class OutOfTime extends Error {}

function failed(error: unknown): MutationPlan {
  if (error instanceof OutOfTime) return { ...NOTHING, incomplete: true };
  if (error instanceof BadPatch) {
    return { ...NOTHING, fault: { where: "patch", error: error.cause ?? error } };
  }
  return { ...NOTHING, fault: { where: "rule", error } };
}

/** What a mutating rule has for one place. */
export interface PlannedAddition {
  readonly value: string;
  /** The rule's mode is enforce here. */
  readonly enforced: boolean;
  /** Why it is not filled in all the same. */
  readonly notVerified: string | undefined;
}

/**
 * What would be filled in by JSON pointer, whether or not it is in force here: for findings that
 * tell the user so, and that end in one of these keys. Empty when nothing would be mutated in any mode.
 */
export function plannedAdditions(
  environment: Environment,
  subject: Subject,
  keys: ReadonlySet<string>,
): ReadonlyMap<string, PlannedAddition> {
  const planned = new Map<string, PlannedAddition>();
  if (!mayMutate(subject)) return planned;
  const scope = scopeOf(environment.policy, environment.cluster, subject);
  if (scope.layer === undefined) return planned;
  for (const check of mutatingChecks(environment, subject)) {
    const enforced = modeOf(environment, check, subject, scope) === "enforce";
    const notVerified = unverifiedReason(check, scope, environment.cluster);
    for (const { location, value } of additionsOf(environment, subject, scope, check)) {
      if (!keys.has(location.key) || !canAdd(subject.object.raw, location)) continue;
      planned.set(pointerOf(location), { value, enforced, notVerified });
    }
  }
  return planned;
}

/** None when the rule throws: the finding itself is right without them. */
function additionsOf(
  environment: Environment,
  subject: Subject,
  scope: Scope,
  check: Check,
): readonly Addition[] {
  try {
    return mutationOf(environment, subject, scope, check)?.additions ?? [];
  } catch {
    return [];
  }
}

interface Run extends MutationPlan {
  readonly root: JsonObject;
}

function run(
  environment: Environment,
  subject: Subject,
  scope: Scope,
  checks: readonly Check[],
): Run {
  const patch: PatchOperation[] = [];
  const announcements: string[] = [];
  const rules: string[] = [];
  const copies = new Set<unknown>();
  let current = subject;
  for (const check of checks) {
    if (environment.expired?.() === true) throw new OutOfTime();
    const mutation = mutationOf(environment, current, scope, check);
    if (mutation === undefined) continue;
    const operations = operationsFor(current.object.raw, mutation.additions);
    if (operations.length === 0) continue;
    const root = applied(current.object.raw, operations, copies);
    for (const operation of operations) patch.push(operation);
    rules.push(check.rule.id);
    if (mutation.announcement !== undefined && subject.operation === "CREATE") {
      announcements.push(mutation.announcement());
    }
    current = { ...current, object: new Judged(subject.kind, root) };
  }
  return { patch, announcements, rules, root: current.object.raw };
}

function applied(
  root: JsonObject,
  operations: readonly PatchOperation[],
  copies: Set<unknown>,
): JsonObject {
  try {
    return applyOperations(root, operations, copies);
  } catch (cause) {
    throw new BadPatch("the patch does not apply", { cause });
  }
}

/** Plans once more for the patched object: a patch that is complete leaves nothing to do. */
function proveComplete(
  environment: Environment,
  subject: Subject,
  scope: Scope,
  checks: readonly Check[],
  { root }: Run,
): void {
  const again = { ...subject, object: new Judged(subject.kind, root) };
  let second: Run;
  try {
    second = run(environment, again, scope, checks);
  } catch (cause) {
    if (cause instanceof OutOfTime) throw cause;
    throw new BadPatch("the patched object cannot be judged", { cause });
  }
  if (second.patch.length > 0) throw new BadPatch("a second run adds more");
}

function mayMutate(subject: Subject): boolean {
  if (subject.byController || subject.operation === "DELETE" || subject.subresource !== "") {
    return false;
  }
  return subject.operation === "CREATE" || !FROZEN.has(subject.kind);
}

function mutatingChecks(environment: Environment, subject: Subject): readonly Check[] {
  return environment.policy
    .checksFor(subject.door, subject.kind, subject.operation)
    .filter((check) => check.rule.mutate !== undefined);
}

function modeOf(environment: Environment, check: Check, subject: Subject, scope: Scope) {
  return environment.policy.resolveMode(check, subject, scope.layer, environment.now).mode;
}

function mutationOf(
  environment: Environment,
  subject: Subject,
  scope: Scope,
  check: Check,
): Mutation | undefined {
  const context: MutationContext = {
    ...contextFor({ environment, subject, scope, check }, subject.object),
    templateOpen: isTemplateOpen(subject),
  };
  return check.rule.mutate?.(context);
}

/** A label edit must never roll the fleet: the template is only touched when it changes anyway. */
function isTemplateOpen(subject: Subject): boolean {
  const { old } = subject;
  return old === undefined || !jsonEqual(old.template?.raw, subject.object.template?.raw);
}
