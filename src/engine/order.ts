import { pathOf } from "../kubernetes/location.ts";
import type { Judgement } from "./judgement.ts";
import { compareText } from "./text.ts";

/** By rule, then path: the order in which every door lists findings. */
export function sortJudgements(judgements: readonly Judgement[]): readonly Judgement[] {
  if (judgements.length < 2) return judgements;
  return judgements
    .map((judgement) => ({ judgement, path: pathOf(judgement.finding.location) }))
    .sort(
      (a, b) =>
        compareText(a.judgement.rule.id, b.judgement.rule.id) || compareText(a.path, b.path),
    )
    .map(({ judgement }) => judgement);
}
