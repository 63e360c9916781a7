import type { Judgement } from "../engine/judgement.ts";
import { messageOf } from "../engine/render.ts";
import type { Subject } from "../engine/subject.ts";
import { ownString } from "../kubernetes/json.ts";
import { pathOf, pointerOf } from "../kubernetes/location.ts";
import type { ReportFinding, ReportObject } from "./report.ts";

/** A judgement as a line of a report; undefined for mode off. */
export function findingOf(subject: Subject, judgement: Judgement): ReportFinding | undefined {
  const { rule, finding, mode } = judgement;
  if (mode === "off") return undefined;
  return {
    rule: rule.id,
    practice: rule.practice,
    mode,
    object: objectOf(subject),
    path: pathOf(finding.location),
    pointer: pointerOf(finding.location),
    message: messageOf(judgement),
    fix: finding.fix,
    fixable: judgement.wouldAdd?.enforced === true,
  };
}

export function objectOf(subject: Subject): ReportObject {
  const { namespace, object } = subject;
  const scoped = namespace !== "" && subject.kind !== "Namespace";
  return {
    apiVersion: ownString(object.raw, "apiVersion") ?? "",
    kind: ownString(object.raw, "kind") ?? "",
    ...(scoped ? { namespace } : {}),
    name: subject.name,
  };
}

/** One line as every text shows it: `[rule-id] what — fix: how (path)`. */
export function lineOf({ rule, message, fix, path }: ReportFinding): string {
  return `[${rule}] ${message} — fix: ${fix}${path === "" ? "" : ` (${path})`}`;
}
