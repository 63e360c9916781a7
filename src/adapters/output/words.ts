import { plural } from "../../engine/text.ts";
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
  const whats = new Map<string, ReportSkip[]>();
  for (const skip of skipped) {
    const key = `[${skip.rule}] ${skip.reason}`;
    const same = whats.get(key);
    if (same === undefined) whats.set(key, [skip]);
    else same.push(skip);
  }
  return [...whats].map(([key, skips]) => `not verified: ${key} (${whatOf(skips)})`);
}

/** How many objects, or which kinds as a whole. */
function whatOf(skips: readonly ReportSkip[]): string {
  const whole = skips.filter(({ object }) => object.name === "*").map(({ object }) => object.kind);
  const single = skips.length - whole.length;
  const kinds = [...new Set(whole)].sort().join(", ");
  const parts = [
    ...(single > 0 ? [plural(single, "object")] : []),
    ...(kinds === "" ? [] : [kinds]),
  ];
  return parts.join(", ");
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
