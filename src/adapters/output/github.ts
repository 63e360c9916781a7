import type { Report, ReportFinding } from "../../usecases/report.ts";
import { lineOf } from "../../usecases/report-entry.ts";
import { oneLine } from "./one-line.ts";
import type { Reporter } from "./reporter.ts";
import { repositoryPath } from "./repository-path.ts";
import { notVerifiedLines, placeOf, summaryLine } from "./words.ts";

const COMMANDS = { enforce: "error", warn: "warning", audit: "notice" } as const;

/** Workflow commands of GitHub Actions: an annotation per finding, then the summary for the log. */
export const renderGithub: Reporter = (report) => {
  const lines = report.findings.map(annotation);
  lines.push(...doubts(report), summaryLine(report));
  return `${lines.join("\n")}\n`;
};

function annotation(finding: ReportFinding): string {
  const { source, rule, mode } = finding;
  const properties = [`title=${escapeProperty(rule)}`];
  if (source !== undefined) {
    const { file, line, column } = source;
    properties.unshift(`file=${escapeProperty(repositoryPath(file))}`, `line=${line}`);
    if (column !== undefined) properties.splice(2, 0, `col=${column}`);
  }
  const place = source === undefined ? `${placeOf(finding)}: ` : "";
  return `::${COMMANDS[mode]} ${properties.join(",")}::${escapeMessage(place + lineOf(finding))}`;
}

function doubts({ skipped }: Report): string[] {
  return notVerifiedLines(skipped).map(
    (line) => `::notice title=not verified::${escapeMessage(line)}`,
  );
}

// The escapes of the runner: without them a name could start a command of its own.
function escapeMessage(text: string): string {
  return oneLine(text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A"));
}

function escapeProperty(text: string): string {
  return escapeMessage(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
