import type { Rule } from "../../engine/rule.ts";
import type { RuleExamples } from "./example.ts";
import { parametersOf } from "./parameters.ts";
import { policySnippets } from "./policy-snippet.ts";

/** What a rule says of itself, as data. */
export function ruleFacts(rule: Rule) {
  const { id, title, why, practice, since, mode, modeNote, targets, needs, reads } = rule;
  const { consults = [], auditConsults, optIn } = rule;
  return {
    ...{ id, title, why, practice, since, mode },
    ...(modeNote === undefined ? {} : { modeNote }),
    doors: rule.doors ?? ["admission", "audit", "check"],
    everywhere: rule.everywhere ?? false,
    mutates: rule.mutate !== undefined,
    judges: targets,
    needs,
    consults,
    ...(auditConsults === undefined ? {} : { auditConsults }),
    ...(optIn === undefined ? {} : { optIn }),
    reads,
    params: parametersOf(rule),
  };
}

/** With what only the page of one rule holds. */
export function rulePageFacts(
  rule: Rule,
  { examples, until }: { readonly examples: RuleExamples; readonly until: string },
) {
  return { ...ruleFacts(rule), examples, policy: policySnippets(rule, until) };
}
