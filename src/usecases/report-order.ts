import type { ReportFinding, ReportObject, ReportSkip } from "./report.ts";

/** By file or namespace, object, rule and path; the rest only makes the order total. */
export function compareFindings(left: ReportFinding, right: ReportFinding): number {
  return (
    compare(left.source?.file ?? "", right.source?.file ?? "") ||
    compareObjects(left.object, right.object) ||
    compare(left.rule, right.rule) ||
    compare(left.path, right.path) ||
    (left.source?.line ?? 0) - (right.source?.line ?? 0) ||
    compare(left.message, right.message)
  );
}

export function compareSkips(left: ReportSkip, right: ReportSkip): number {
  return (
    compareObjects(left.object, right.object) ||
    compare(left.rule, right.rule) ||
    compare(left.reason, right.reason)
  );
}

/** By namespace, kind and name. */
export function compareObjects(left: ReportObject, right: ReportObject): number {
  return (
    compare(left.namespace ?? "", right.namespace ?? "") ||
    compare(left.kind, right.kind) ||
    compare(left.name, right.name) ||
    compare(left.apiVersion, right.apiVersion)
  );
}

/** By code unit, not by locale: two runs on two machines agree. */
function compare(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
