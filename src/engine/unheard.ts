import type { Environment } from "./environment.ts";
import type { Skipped } from "./judgement.ts";
import type { Check } from "./policy.ts";
import { speaksAt } from "./rule.ts";
import type { Door } from "./subject.ts";

/**
 * Rules that nobody has asked, or looked long enough for, whatever objects there are, with the
 * reason: their silence is no pass. At most one reason for each rule.
 */
export function* unheardRules(environment: Environment, door: Door): Iterable<Skipped> {
  for (const check of environment.policy.checks) {
    const { rule, mode, overrides } = check;
    const isOff = mode === "off" && overrides.every((override) => override.mode === "off");
    if (isOff || rule.check === undefined || !speaksAt(rule, door)) continue;
    const reason = optInReason(environment, check) ?? samplesReason(environment, check);
    if (reason !== undefined) yield { rule, reason };
  }
}

/** Why an audit does not ask it: nobody asked for the kinds that it rests on. */
export function optInReason({ optedIn }: Environment, { rule }: Check): string | undefined {
  const { optIn } = rule;
  return optIn?.kinds.every((kind) => optedIn?.has(kind)) === false ? optIn.reason : undefined;
}

function samplesReason({ usage }: Environment, { rule, params }: Check): string | undefined {
  const wanted = rule.samples?.(params) ?? 0;
  const taken = usage?.readings ?? 0;
  if (taken >= wanted) return undefined;
  return `it takes ${wanted} readings of metrics.k8s.io some time apart, and there ${taken === 1 ? "is" : "are"} ${taken}: only a continuous audit takes more`;
}
