import { pathOf } from "../kubernetes/location.ts";
import type { Decision, Outcome } from "./decision.ts";
import type { Evaluation, Judgement, RuleFault } from "./judgement.ts";
import type { MutationPlan } from "./mutate.ts";
import { sortJudgements } from "./order.ts";
import type { Policy } from "./policy.ts";
import { renderFinding, renderSubject } from "./render.ts";
import type { Subject } from "./subject.ts";

const MAX_FINDINGS_IN_DENIAL = 20;
/** Warnings share 4,096 runes per request with every other webhook. */
const MAX_WARNINGS = 10;
const MAX_ANNOTATION = 2_048;

export const ALLOWED: Decision = {
  allowed: true,
  outcome: "allowed",
  warnings: [],
  annotations: {},
  findings: [],
  faults: [],
};

/** What a fault of the guard itself leads to: the failurePolicy of the entry that called. */
export type FailMode = "allow" | "deny";

/** `name` is for people, `id` also says which content. */
export type PolicyName = Pick<Policy, "name" | "id">;

/** Folds an evaluation by mode: enforce denies, warn warns, audit annotates. */
export function decideValidation(
  subject: Subject,
  evaluation: Evaluation,
  policy: PolicyName,
  failMode: FailMode,
): Decision {
  const { faults, incomplete } = evaluation;
  if (evaluation.judgements.length === 0 && faults.length === 0 && !incomplete) return ALLOWED;
  const judgements = sortJudgements(evaluation.judgements);
  const fresh = judgements.filter(({ preexisting }) => !preexisting);
  const denials = fresh.filter(({ mode }) => mode === "enforce");
  const faultLines = guardFaults(faults, incomplete, failMode);
  const denied = denials.length > 0 || faultLines.denials.length > 0;
  const warnings = warningsOf(subject, judgements, faultLines.warnings);
  return {
    allowed: !denied,
    outcome: outcomeOf(faults.length > 0 || incomplete, denied, warnings.length > 0),
    ...(denied
      ? { message: denialMessage(subject, denials, faultLines.denials, policy.name) }
      : {}),
    warnings,
    annotations: annotationsOf(judgements, policy.id),
    findings: fresh
      .filter(({ mode }) => mode !== "off")
      .map(({ rule, mode }) => ({ rule: rule.id, mode })),
    faults: [...faults.map(() => "rule"), ...(incomplete ? ["deadline"] : [])],
  };
}

/** A mutation is never a denial; a faulty patch is not sent, and the user is told. */
export function decideMutation(plan: MutationPlan): Decision {
  if (plan.fault !== undefined) {
    return {
      ...ALLOWED,
      outcome: "error",
      warnings: ["keymate-guard could not add defaults: a fault of the guard, not of this object"],
      faults: [plan.fault.where],
    };
  }
  if (plan.incomplete === true) {
    return {
      ...ALLOWED,
      outcome: "error",
      warnings: ["keymate-guard ran out of time before it could add defaults: none were added"],
      faults: ["deadline"],
    };
  }
  if (plan.patch.length === 0) return ALLOWED;
  return {
    ...ALLOWED,
    outcome: "patched",
    patch: plan.patch,
    warnings: plan.announcements,
    findings: plan.rules.map((rule) => ({ rule, mode: "enforce" })),
  };
}

function outcomeOf(error: boolean, denied: boolean, warned: boolean): Outcome {
  if (error) return "error";
  if (denied) return "denied";
  return warned ? "warned" : "allowed";
}

function denialMessage(
  subject: Subject,
  denials: readonly Judgement[],
  faults: readonly string[],
  policyName: string,
): string {
  const lines = [summary(subject, denials.length, policyName)];
  for (const judgement of denials.slice(0, MAX_FINDINGS_IN_DENIAL)) {
    lines.push(renderFinding(judgement));
  }
  const more = denials.length - MAX_FINDINGS_IN_DENIAL;
  if (more > 0) lines.push(`and ${more} more`);
  lines.push(...faults);
  return lines.join("\n");
}

function summary(subject: Subject, findings: number, policyName: string): string {
  const what = renderSubject(subject);
  if (findings === 0) return `${what} could not be judged: keymate-guard is at fault`;
  const count = findings === 1 ? "1 finding" : `${findings} findings`;
  return `${what} is refused by policy ${policyName}: ${count}`;
}

function guardFaults(
  faults: readonly RuleFault[],
  incomplete: boolean,
  failMode: FailMode,
): { readonly denials: readonly string[]; readonly warnings: readonly string[] } {
  const denials: string[] = [];
  const warnings: string[] = [];
  for (const { rule, mode } of faults) {
    const line = `[${rule.id}] not judged: a fault of keymate-guard, not of this object`;
    (failMode === "deny" && mode === "enforce" ? denials : warnings).push(line);
  }
  if (incomplete) {
    const line = "keymate-guard ran out of time before every rule was asked; retry";
    (failMode === "deny" ? denials : warnings).push(line);
  }
  return { denials, warnings };
}

function warningsOf(
  subject: Subject,
  judgements: readonly Judgement[],
  faults: readonly string[],
): readonly string[] {
  const lines = [...faults];
  let earlier = 0;
  for (const judgement of judgements) {
    if (judgement.preexisting) {
      if (judgement.mode === "enforce" || judgement.mode === "warn") earlier++;
    } else if (judgement.mode === "warn") {
      lines.push(renderFinding(judgement));
    }
  }
  const shown = lines.slice(0, MAX_WARNINGS);
  if (lines.length > MAX_WARNINGS) shown.push(`and ${lines.length - MAX_WARNINGS} more`);
  if (earlier > 0) shown.push(earlierWarning(subject, earlier));
  return shown;
}

function earlierWarning(subject: Subject, count: number): string {
  const [what, them] =
    count === 1 ? ["1 finding that was", "it"] : [`${count} findings that were`, "them"];
  return `${renderSubject(subject)} still has ${what} there before; this update is not refused for ${them}`;
}

function annotationsOf(
  judgements: readonly Judgement[],
  policyId: string,
): Readonly<Record<string, string>> {
  const audits = judgements.filter(({ mode }) => mode === "audit");
  const exempted = judgements.filter(({ exemptedBy }) => exemptedBy !== undefined);
  const annotations: Record<string, string> = { policy: policyId };
  if (audits.length > 0) annotations["findings"] = bounded(audits.map(shortForm));
  if (exempted.length > 0) {
    annotations["exempted"] = bounded(
      exempted.map(({ rule, exemptedBy }) => `${rule.id} by ${exemptedBy}`),
    );
  }
  return annotations;
}

function shortForm({ rule, finding }: Judgement): string {
  return `${rule.id} ${pathOf(finding.location)}: ${finding.message}`;
}

function bounded(parts: readonly string[]): string {
  const text = [...new Set(parts)].join("; ");
  return text.length <= MAX_ANNOTATION ? text : `${text.slice(0, MAX_ANNOTATION - 1)}…`;
}
