import type { Rule } from "../../engine/rule.ts";

/** What rules that rest on Secrets are not verified without. */
export const SECRETS_ON_DEMAND: NonNullable<Rule["optIn"]> = {
  kinds: ["Secret"],
  reason:
    "Secrets are only listed where somebody asks for it: an account that may list them may read their values",
};
