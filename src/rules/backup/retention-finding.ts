import { overrideAdvice } from "../../engine/override-advice.ts";
import type { Finding, RuleContext } from "../../engine/rule.ts";
import type { Location } from "../../kubernetes/location.ts";

export interface RetentionParams {
  readonly layers: readonly string[];
  readonly minDays: number;
  readonly veleroDefaultDays: number;
}

/** What is written, what it comes to, and what would do. */
interface Shortness {
  readonly found: string;
  readonly days: number;
  readonly wanted: string;
}

export function tooShort(
  { subject, params, now }: RuleContext<RetentionParams>,
  location: Location,
  { found, days, wanted }: Shortness,
): Finding {
  return {
    message: `retention ${found} is below ${params.minDays} d`,
    fix: `set ${wanted} or longer, or let it pass by an override of the policy: ${overrideAdvice("backup-retention", subject, now)}`,
    location,
    key: "short",
    magnitude: -days,
  };
}
