import { compareText } from "../engine/text.ts";
import type { ReportFinding, ReportObject, ReportSkip } from "./report.ts";

/** By file or namespace, object, rule and path; the rest only makes the order total. */
export function compareFindings(left: ReportFinding, right: ReportFinding): number {
  return (
    compareText(left.source?.file ?? "", right.source?.file ?? "") ||
    compareObjects(left.object, right.object) ||
    compareText(left.rule, right.rule) ||
    compareText(left.path, right.path) ||
    (left.source?.line ?? 0) - (right.source?.line ?? 0) ||
    compareText(left.message, right.message)
  );
}

export function compareSkips(left: ReportSkip, right: ReportSkip): number {
  return (
    compareObjects(left.object, right.object) ||
    compareText(left.rule, right.rule) ||
    compareText(left.reason, right.reason)
  );
}

/** By namespace, kind and name. */
export function compareObjects(left: ReportObject, right: ReportObject): number {
  return (
    compareText(left.namespace ?? "", right.namespace ?? "") ||
    compareText(left.kind, right.kind) ||
    compareText(left.name, right.name) ||
    compareText(left.apiVersion, right.apiVersion)
  );
}
