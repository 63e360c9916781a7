import { cap, type Mode } from "../../engine/modes.ts";
import type { Report, ReportFinding } from "../../usecases/report.ts";
import { lineOf } from "../../usecases/report-entry.ts";
import type { Reporter } from "./reporter.ts";
import { notVerifiedLines, objectText, placeOf } from "./words.ts";
import { attributes, escapeXml } from "./xml.ts";

/** One row of a test report: failed, passed with words, or skipped. */
interface TestCase {
  readonly name: string;
  readonly className: string;
  readonly failure?: { readonly type: string; readonly message: string; readonly text: string };
  readonly skipped?: string;
  readonly output?: string;
}

interface Suite {
  readonly name: string;
  readonly cases: readonly TestCase[];
}

/**
 * JUnit XML as Jenkins and GitLab read it: a suite per file with a case per finding, failed where
 * the exit code would be 1 for it, and a suite of the practices, so that what is fine shows too.
 */
export function junitReporter(failOn: Exclude<Mode, "off"> | "never"): Reporter {
  return (report) => {
    const bySuite = Map.groupBy(report.findings, suiteName);
    const suites = [...bySuite].map(([name, findings]) => ({
      name,
      cases: findings.map((finding) => caseOf(finding, failOn)),
    }));
    return document([...suites, practiceSuite(report), doubtSuite(report)], report.generatedAt);
  };
}

function suiteName({ source, object }: ReportFinding): string {
  return source?.file ?? object.namespace ?? "cluster";
}

function caseOf(finding: ReportFinding, failOn: Exclude<Mode, "off"> | "never"): TestCase {
  const { rule, mode, object, path, message } = finding;
  // No line: the name tells servers that it is the same case as in the last run.
  const name = `[${rule}] ${objectText(object)}${path === "" ? "" : ` ${path}`}`;
  const text = `${placeOf(finding)}: ${mode} ${lineOf(finding)}`;
  const base = { name, className: rule };
  if (failOn === "never" || cap(mode, failOn) !== failOn) return { ...base, output: text };
  return { ...base, failure: { type: mode, message, text } };
}

function practiceSuite({ practices, door }: Report): Suite {
  const cases = practices.map(({ id, status, findings }): TestCase => {
    const base = { name: id, className: "practice" };
    if (status === "not-verified") return { ...base, skipped: "not verified" };
    if (status === "not-applicable") return { ...base, skipped: "nothing to judge" };
    return findings === 0 ? base : { ...base, output: `${status}, findings: ${findings}` };
  });
  return { name: `practices (${door})`, cases };
}

function doubtSuite({ skipped }: Report): Suite {
  const cases = notVerifiedLines(skipped).map((line) => ({
    name: line,
    className: "not-verified",
    skipped: line,
  }));
  return { name: "not verified", cases };
}

function document(suites: readonly Suite[], timestamp: string): string {
  const filled = suites.filter(({ cases }) => cases.length > 0);
  const counts = countsOf(filled.flatMap(({ cases }) => cases));
  const { tests, failures, errors } = counts;
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites${attributes({ name: "keymate-guard", tests, failures, errors })}>`,
    ...filled.flatMap(({ name, cases }) => [
      `  <testsuite${attributes({ name, ...countsOf(cases), timestamp })}>`,
      ...cases.map(caseXml),
      "  </testsuite>",
    ]),
    "</testsuites>",
  ];
  return `${lines.join("\n")}\n`;
}

function countsOf(cases: readonly TestCase[]) {
  const failures = cases.filter(({ failure }) => failure !== undefined).length;
  const skipped = cases.filter(({ skipped }) => skipped !== undefined).length;
  return { tests: cases.length, failures, errors: 0, skipped };
}

function caseXml({ name, className, failure, skipped, output }: TestCase): string {
  const head = `    <testcase${attributes({ classname: className, name })}`;
  if (failure !== undefined) {
    const { type, message, text } = failure;
    return `${head}><failure${attributes({ type, message })}>${escapeXml(text)}</failure></testcase>`;
  }
  if (skipped !== undefined) {
    return `${head}><skipped${attributes({ message: skipped })}/></testcase>`;
  }
  return output === undefined
    ? `${head}/>`
    : `${head}><system-out>${escapeXml(output)}</system-out></testcase>`;
}
