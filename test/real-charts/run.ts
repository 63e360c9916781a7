/**
 * `node test/real-charts/run.ts [--update-docs]`: renders public charts and checks what comes out.
 * Needs Go and its module proxy, so it is no part of the tests; it fails where check crashes, does
 * not read a document, or --fix leaves a gap that it said it fills.
 */
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Report } from "../../src/usecases/report.ts";
import { ensureHelm } from "../cluster/build.ts";
import { CHARTS, type Chart } from "./charts.ts";

const ROOT = join(import.meta.dirname, "../..");
const DOCUMENT = join(ROOT, "docs/real-charts.md");
const START = "<!-- results -->";
const END = "<!-- /results -->";
const MAX_OUTPUT = 256 * 1024 * 1024;

interface Row {
  readonly chart: Chart;
  readonly report: Report;
}

const helm = await ensureHelm();
const rows = CHARTS.map((chart): Row => ({ chart, report: checked(chart) }));
const text = [summaryTable(), "", ruleTable()].join("\n");
console.log(text);
if (process.argv.includes("--update-docs")) {
  const [before = "", rest = ""] = readFileSync(DOCUMENT, "utf8").split(START);
  const [, after] = rest.split(END);
  assert.ok(after !== undefined, `${DOCUMENT} has no place for results`);
  writeFileSync(DOCUMENT, `${before}${START}\n\n${text}\n\n${END}${after}`);
}

function checked(chart: Chart): Report {
  const manifests = rendered(chart);
  const report = reportOf(chart, manifests);
  assert.deepEqual(unread(report), [], `${chart.name} is read to the last document`);
  const fixed = guard(["check", "-", "--fix", "--namespace", chart.namespace], manifests).stdout;
  const after = reportOf(chart, fixed);
  assert.equal(after.summary.objects, report.summary.objects);
  assert.deepEqual(
    after.findings.filter(({ fixable }) => fixable),
    [],
  );
  return report;
}

function unread({ findings }: Report) {
  return findings.filter(({ rule }) => rule === "file-parse");
}

function rendered({ name, module, version, folder, namespace, values = [] }: Chart): string {
  const args = ["mod", "download", "-json", `${module}@${version}`];
  const { Dir } = JSON.parse(execFileSync("go", args, { encoding: "utf8", cwd: "/" }));
  const settings = values.flatMap((value) => ["--set", value]);
  const path = join(Dir, folder);
  return execFileSync(helm, ["template", name, path, "--namespace", namespace, ...settings], {
    encoding: "utf8",
    maxBuffer: MAX_OUTPUT,
  });
}

function reportOf({ namespace }: Chart, manifests: string): Report {
  const args = ["check", "-", "--format", "json", "--namespace", namespace];
  return JSON.parse(guard(args, manifests).stdout);
}

function guard(args: readonly string[], input: string) {
  const command = [join(ROOT, "src/main.ts"), ...args, "--fail-on", "never"];
  const options = { encoding: "utf8", input, maxBuffer: MAX_OUTPUT } as const;
  const result = spawnSync(process.execPath, command, options);
  assert.equal(result.status, 0, result.stderr);
  return result;
}

function summaryTable(): string {
  const lines = rows.map(({ chart, report }) => {
    const { objects, enforce, warn, audit } = report.summary;
    const fixable = report.findings.filter((finding) => finding.fixable).length;
    const cells = [
      chart.name,
      chart.version,
      chart.namespace,
      objects,
      enforce,
      warn,
      audit,
      fixable,
    ];
    return row(cells);
  });
  const head = [
    "Chart",
    "Version",
    "Namespace",
    "Objects",
    "enforce",
    "warn",
    "audit",
    "of these --fix writes",
  ];
  return [row(head), row(head.map(() => "---")), ...lines].join("\n");
}

function ruleTable(): string {
  const rules = [...new Set(rows.flatMap(({ report }) => report.findings.map(({ rule }) => rule)))];
  const head = ["Rule", ...rows.map(({ chart }) => chart.name)];
  const lines = rules.sort().map((rule) => {
    const counts = rows.map(
      ({ report }) => report.findings.filter((one) => one.rule === rule).length,
    );
    return row([
      `[${rule}](rules/${rule}.md)`,
      ...counts.map((count) => (count === 0 ? "" : count)),
    ]);
  });
  return [row(head), row(head.map(() => "---")), ...lines].join("\n");
}

function row(cells: readonly (string | number)[]): string {
  return `| ${cells.join(" | ")} |`;
}
