import { pathOf } from "../kubernetes/location.ts";
import type { Judgement } from "./judgement.ts";
import { compareText } from "./text.ts";

/** By rule, then path: the order in which every door lists findings. */
export function sortJudgements(judgements: readonly Judgement[]): readonly Judgement[] {
  if (judgements.length < 2) return judgements;
  return judgements.toSorted(
    (a, b) =>
      compareText(a.rule.id, b.rule.id) ||
      compareText(pathOf(a.finding.location), pathOf(b.finding.location)),
  );
}
