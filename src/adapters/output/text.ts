import type { ReportFinding, Verdict } from "../../usecases/report.ts";
import { lineOf } from "../../usecases/report-entry.ts";
import { type Paint, painter, type Style } from "./color.ts";
import { oneLine } from "./one-line.ts";
import { readinessLines } from "./readiness-text.ts";
import type { Reporter } from "./reporter.ts";
import { notVerifiedLines, placeOf, summaryLine } from "./words.ts";

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
  const { verdict } = report.summary;
  const lines = report.findings.map((finding) => findingLine(finding, paint));
  lines.push(...notVerifiedLines(report.skipped).map((line) => paint("dim", oneLine(line))));
  if (report.readiness !== undefined) {
    lines.push(...(lines.length > 0 ? [""] : []), ...readinessLines(report.readiness, paint), "");
  }
  lines.push(summaryLine(report, paint(VERDICT_STYLES[verdict], verdict)));
  return `${lines.join("\n")}\n`;
};

function findingLine(finding: ReportFinding, paint: Paint): string {
  const mode = paint(MODE_STYLES[finding.mode], finding.mode);
  return `${paint("bold", oneLine(placeOf(finding)))}: ${mode} ${oneLine(lineOf(finding))}`;
}
