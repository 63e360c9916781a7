import type { Report, ReportFinding, ReportObject, ReportSkip } from "../../usecases/report.ts";

/** Where there is no file, the object takes its place. */
export function placeOf({ source, object }: ReportFinding): string {
  return source === undefined ? objectText(object) : `${source.file}:${source.line}`;
}

/** `Deployment platform-application/api`. */
export function objectText({ kind, namespace, name }: ReportObject): string {
  return `${kind} ${namespace === undefined ? name : `${namespace}/${name}`}`;
}

/** One line per rule and reason: the same reason holds for many objects. */
export function notVerifiedLines(skipped: readonly ReportSkip[]): string[] {
  const counts = new Map<string, number>();
  for (const { rule, reason } of skipped) {
    const key = `[${rule}] ${reason}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return [...counts].map(([key, count]) => `not verified: ${key} (${plural(count, "object")})`);
}

export function summaryLine({ summary }: Report, verdict: string = summary.verdict): string {
  const { objects, enforce, warn, audit, skipped } = summary;
  const parts = [
    plural(objects, "object"),
    `${enforce} enforce`,
    `${warn} warn`,
    `${audit} audit`,
    ...(skipped === 0 ? [] : [`${skipped} not verified`]),
  ];
  return `${parts.join(", ")}: ${verdict}`;
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
