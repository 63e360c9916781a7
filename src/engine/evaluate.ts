import { pointerOf } from "../kubernetes/location.ts";
import type { Environment } from "./environment.ts";
import { formerState } from "./former-state.ts";
import type { Evaluation, Judgement, RuleFault, Skipped } from "./judgement.ts";
import { cap, type Mode } from "./modes.ts";
import { type PlannedAddition, plannedAdditions } from "./mutate.ts";
import type { Check, ResolvedMode } from "./policy.ts";
import { isPreexisting, type RatchetKeys, ratchetKeys } from "./ratchet.ts";
import { readsAreEqual } from "./reads.ts";
import { type Finding, judgesAt } from "./rule.ts";
import { type Asked, contextFor } from "./rule-context.ts";
import { scopeOf } from "./scope.ts";
import type { Judged, Subject } from "./subject.ts";
import { optInReason } from "./unheard.ts";
import { unverifiedReason } from "./verification.ts";

/** Judges one object by every rule that names its kind. Never throws for what an object holds. */
export function evaluate(environment: Environment, subject: Subject): Evaluation {
  const { policy, expired } = environment;
  const checks = policy.checksFor(
    subject.door,
    subject.kind,
    subject.operation,
    subject.subresource,
  );
  const result = {
    judgements: [] as Judgement[],
    skipped: [] as Skipped[],
    faults: [] as RuleFault[],
  };
  if (checks.length === 0) return { ...result, incomplete: false };
  const scope = scopeOf(policy, environment.cluster, subject);
  const former = once(() => formerState(environment.cluster, subject));
  for (const check of checks) {
    if (expired?.() === true) return { ...result, incomplete: true };
    judge({ environment, subject, scope, check, former }, result);
  }
  if (result.judgements.some(({ finding }) => finding.gap)) {
    return {
      ...result,
      judgements: withAdditions(environment, subject, result.judgements),
      incomplete: false,
    };
  }
  return { ...result, incomplete: false };
}

interface Task extends Asked {
  /** The old object as a retained revision would have it; worked out once, when it is asked for. */
  readonly former: () => Judged | undefined;
}

interface Results {
  readonly judgements: Judgement[];
  readonly skipped: Skipped[];
  readonly faults: RuleFault[];
}

function judge(given: Task, results: Results): void {
  const { check, subject } = given;
  const { rule } = check;
  if (rule.check === undefined) return;
  const { door, spokenForBy } = subject;
  if (door === "audit" && optInReason(given.environment, check) !== undefined) return;
  if (spokenForBy?.some((kind) => judgesAt(rule, door, kind))) return;
  if (isUntouched(check, subject)) return;
  let resolved = modeIn(given);
  try {
    const task = inGovernedScope(given);
    if (task !== given) resolved = modeIn(task);
    // An exemption that is used shows in the audit log, however far it goes.
    if (resolved.mode === "off" && resolved.exemptedBy === undefined) return;
    const found = rule.check(contextFor(task, subject.object));
    const findings = Array.isArray(found) ? (found as readonly Finding[]) : [...found];
    if (findings.length === 0) skipUnverified(task, resolved, results);
    // No spread: a hostile object has more findings than a call may have arguments.
    else for (const each of judgementsOf(task, resolved, findings)) results.judgements.push(each);
  } catch (error) {
    if (resolved.mode !== "off") results.faults.push({ rule, mode: resolved.mode, error });
  }
}

/** Silence is no answer where what the rule looks up could not be read. */
function skipUnverified(task: Task, resolved: ResolvedMode, results: Results): void {
  const { check, scope, environment, subject } = task;
  // Only reports tell of it, and at admission nearly every rule is silent.
  if (resolved.mode === "off" || subject.door === "admission") return;
  const reason =
    unverifiedReason(check, scope, environment.cluster) ??
    check.rule.unverified?.(contextFor(task, subject.object));
  if (reason !== undefined) results.skipped.push({ rule: check.rule, reason });
}

function modeIn({ environment, check, subject, scope }: Task): ResolvedMode {
  return environment.policy.resolveMode(check, subject, scope.layer, environment.now);
}

/** A Velero Schedule lives in one namespace and is about others. */
function inGovernedScope(task: Task): Task {
  const { rule } = task.check;
  if (rule.governs === undefined) return task;
  const layer = rule.governs(contextFor(task, task.subject.object));
  return layer === undefined ? task : { ...task, scope: { ...task.scope, layer } };
}

/** An update cannot change the answer of a rule that reads nothing that changed. */
function isUntouched(check: Check, subject: Subject): boolean {
  const { old } = subject;
  if (old === undefined || check.needs.length > 0) return false;
  return readsAreEqual(check.rule, old, subject.object);
}

function judgementsOf(
  task: Task,
  resolved: ResolvedMode,
  findings: readonly Finding[],
): Judgement[] {
  const { check } = task;
  const wasThere = earlierFindings(task);
  const notVerified = unverifiedReason(check, task.scope, task.environment.cluster);
  const judgements: Judgement[] = [];
  for (const finding of findings) {
    const mode = finalMode(resolved.mode, finding, notVerified);
    const isSilenced = resolved.exemptedBy !== undefined && finding.atMost !== "off";
    if (mode === "off" && !isSilenced) continue;
    judgements.push({
      rule: check.rule,
      mode,
      finding,
      preexisting: wasThere(finding),
      wouldAdd: undefined,
      notVerified,
      exemptedBy: resolved.exemptedBy,
    });
  }
  return judgements;
}

/** Asks the old object first, then, for what is new to it, a revision that the update goes back to. */
function earlierFindings(task: Task): (finding: Finding) => boolean {
  const { old } = task.subject;
  if (old === undefined) return () => false;
  const before = keysOf(task, old);
  let undone: RatchetKeys | undefined;
  return (finding) => {
    if (isPreexisting(finding, before)) return true;
    const former = task.former();
    if (former === undefined) return false;
    undone ??= keysOf({ ...task, subject: { ...task.subject, old: former } }, former);
    return isPreexisting(finding, undone);
  };
}

function keysOf(task: Task, object: Judged): RatchetKeys {
  return ratchetKeys(task.check.rule.check?.(contextFor(task, object)) ?? []);
}

function finalMode(mode: Mode, finding: Finding, notVerified: string | undefined): Mode {
  const capped = finding.atMost === undefined ? mode : cap(mode, finding.atMost);
  return notVerified === undefined ? capped : cap(capped, "warn");
}

function withAdditions(
  environment: Environment,
  subject: Subject,
  judgements: readonly Judgement[],
): readonly Judgement[] {
  const keys = new Set<string>();
  for (const { finding } of judgements) if (finding.gap) keys.add(finding.location.key);
  const planned = plannedAdditions(environment, subject, keys);
  if (planned.size === 0) return judgements;
  return judgements.map((judgement) => {
    if (judgement.finding.gap !== true) return judgement;
    const addition = planned.get(pointerOf(judgement.finding.location));
    return addition === undefined ? judgement : withAddition(judgement, addition);
  });
}

/** What would have been filled in, could everything be read, is no reason to deny. */
function withAddition(judgement: Judgement, addition: PlannedAddition): Judgement {
  const { rule, mode, finding, preexisting, exemptedBy } = judgement;
  const isDoubtful = addition.enforced && addition.notVerified !== undefined;
  return {
    rule,
    mode: isDoubtful ? cap(mode, "warn") : mode,
    finding,
    preexisting,
    wouldAdd: { value: addition.value, enforced: addition.enforced },
    notVerified: isDoubtful ? addition.notVerified : judgement.notVerified,
    exemptedBy,
  };
}

function once<T>(compute: () => T): () => T {
  let known: { readonly value: T } | undefined;
  return () => {
    known ??= { value: compute() };
    return known.value;
  };
}
