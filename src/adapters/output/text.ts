import type { Report, ReportFinding, ReportSkip, Verdict } from "../../usecases/report.ts";
import { lineOf } from "../../usecases/report-entry.ts";
import { type Paint, painter, type Style } from "./color.ts";
import { oneLine } from "./one-line.ts";
import { readinessLines } from "./readiness-text.ts";
import type { Reporter } from "./reporter.ts";

const MODE_STYLES = { enforce: "red", warn: "yellow", audit: "cyan" } as const;

const VERDICT_STYLES: Readonly<Record<Verdict, Style>> = {
  pass: "green",
  warn: "yellow",
  fail: "red",
  "not-verified": "yellow",
};

/** One line per finding, `FILE:LINE: MODE [rule-id] …`, then what could not be verified, then a summary. */
export const renderText: Reporter = (report, { color }) => {
  const paint = painter(color);
  const lines = report.findings.map((finding) => findingLine(finding, paint));
  lines.push(...skippedLines(report.skipped, paint));
  if (report.readiness !== undefined) {
    lines.push(...(lines.length > 0 ? [""] : []), ...readinessLines(report.readiness, paint), "");
  }
  lines.push(summaryLine(report, paint));
  return `${lines.join("\n")}\n`;
};

function findingLine(finding: ReportFinding, paint: Paint): string {
  const mode = paint(MODE_STYLES[finding.mode], finding.mode);
  return `${paint("bold", oneLine(placeOf(finding)))}: ${mode} ${oneLine(lineOf(finding))}`;
}

/** Where there is no file, the object takes its place. */
function placeOf({ source, object }: ReportFinding): string {
  if (source !== undefined) return `${source.file}:${source.line}`;
  const name = object.namespace === undefined ? object.name : `${object.namespace}/${object.name}`;
  return `${object.kind} ${name}`;
}

/** One line per rule and reason: the same reason holds for many objects, or for all of a kind. */
function skippedLines(skipped: readonly ReportSkip[], paint: Paint): string[] {
  const whats = new Map<string, ReportSkip[]>();
  for (const skip of skipped) {
    const key = `[${skip.rule}] ${skip.reason}`;
    whats.set(key, [...(whats.get(key) ?? []), skip]);
  }
  return [...whats].map(([key, skips]) =>
    paint("dim", oneLine(`not verified: ${key} (${whatOf(skips)})`)),
  );
}

function whatOf(skips: readonly ReportSkip[]): string {
  const whole = skips.filter(({ object }) => object.name === "*").map(({ object }) => object.kind);
  const single = skips.length - whole.length;
  const kinds = [...new Set(whole)].sort().join(", ");
  return [...(single > 0 ? [plural(single, "object")] : []), ...(kinds === "" ? [] : [kinds])].join(
    ", ",
  );
}

function summaryLine({ summary }: Report, paint: Paint): string {
  const { objects, enforce, warn, audit, skipped, verdict } = summary;
  const parts = [
    plural(objects, "object"),
    `${enforce} enforce`,
    `${warn} warn`,
    `${audit} audit`,
    ...(skipped === 0 ? [] : [`${skipped} not verified`]),
  ];
  return `${parts.join(", ")}: ${paint(VERDICT_STYLES[verdict], verdict)}`;
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
