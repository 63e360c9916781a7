import { pathOf } from "../kubernetes/location.ts";
import type { Judgement } from "./judgement.ts";

/** By rule, then path: the order in which every door lists findings. */
export function sortJudgements(judgements: readonly Judgement[]): readonly Judgement[] {
  if (judgements.length < 2) return judgements;
  return judgements
    .map((judgement) => ({ judgement, path: pathOf(judgement.finding.location) }))
    .sort((a, b) => compare(a.judgement.rule.id, b.judgement.rule.id) || compare(a.path, b.path))
    .map(({ judgement }) => judgement);
}

/** By code unit, not by locale: two runs on two machines agree. */
function compare(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
