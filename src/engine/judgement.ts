import type { Mode } from "./modes.ts";
import type { Finding, Rule } from "./rule.ts";

/** A finding under a policy. */
export interface Judgement {
  readonly rule: Rule;
  /** `off` only where an override silenced the rule. */
  readonly mode: Mode;
  readonly finding: Finding;
  /** Was there before this update: never blocks, summed up in one warning. */
  readonly preexisting: boolean;
  /** What the mutating rules fill in, or would fill in if enforced: `512Mi`. */
  readonly wouldAdd?: { readonly value: string; readonly enforced: boolean } | undefined;
  /** Why it is capped at warn: a kind that it rests on could not be read. */
  readonly notVerified?: string | undefined;
  /** The override of the policy that weakened it, for the audit annotation. */
  readonly exemptedBy?: string | undefined;
}

/** A rule that found nothing, but could not see all that it looks up. */
export interface Skipped {
  readonly rule: Rule;
  readonly reason: string;
}

/** A fault of the guard itself while a rule ran. */
export interface RuleFault {
  readonly rule: Rule;
  readonly mode: Mode;
  readonly error: unknown;
}

export interface Evaluation {
  readonly judgements: readonly Judgement[];
  readonly skipped: readonly Skipped[];
  readonly faults: readonly RuleFault[];
  /** The deadline passed before every rule had its say. */
  readonly incomplete: boolean;
}
