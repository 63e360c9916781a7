import assert from "node:assert/strict";
import { test } from "node:test";
import { fixFiles } from "../../../src/adapters/files/fix-files.ts";
import { loadFiles } from "../../../src/adapters/files/load.ts";
import { proposeFixes } from "../../../src/adapters/files/propose-fixes.ts";
import { sarifReporter } from "../../../src/adapters/output/sarif.ts";
import { RULES } from "../../../src/rules/index.ts";
import { checkFiles, planFixes } from "../../../src/usecases/check-files.ts";
import type { Report } from "../../../src/usecases/report.ts";
import { sarifSchema } from "../../support/json-schema.ts";
import { policyWith } from "../../support/policy.ts";
import { Folder, read } from "../files/workspace.ts";
import { findingLike, sampleReport } from "./report-fixture.ts";

interface Region {
  readonly startLine: number;
  readonly startColumn: number;
  readonly endLine: number;
  readonly endColumn: number;
}

interface Result {
  readonly ruleId: string;
  readonly ruleIndex: number;
  readonly level: string;
  readonly message: { readonly text: string };
  readonly locations: readonly [
    {
      readonly physicalLocation?: {
        readonly artifactLocation: { readonly uri: string };
        readonly region: Partial<Region>;
      };
      readonly logicalLocations: readonly [{ readonly fullyQualifiedName: string }];
    },
  ];
  readonly partialFingerprints: Readonly<Record<string, string>>;
  readonly fixes?: readonly {
    readonly artifactChanges: readonly {
      readonly replacements: readonly {
        readonly deletedRegion: Region;
        readonly insertedContent: { readonly text: string };
      }[];
    }[];
  }[];
}

const SETTINGS = { policy: policyWith(), now: 0, namespace: "platform-application", state: [] };
const assertSarif = sarifSchema();

function runOf(report: Report, render = sarifReporter({ version: "1.2.3", rules: RULES })) {
  const log = JSON.parse(render(report, { color: false }));
  assertSarif(log);
  return log.runs[0] as {
    readonly tool: { readonly driver: { readonly rules: readonly { readonly id: string }[] } };
    readonly invocations: readonly [{ readonly toolExecutionNotifications?: readonly unknown[] }];
    readonly results: readonly Result[];
  };
}

function resultsOf(parts: Parameters<typeof findingLike>[0][]): readonly Result[] {
  return runOf({ ...sampleReport(), findings: parts.map(findingLike) }).results;
}

test("a SARIF file of a report follows the schema and names level, rule, line and column", () => {
  const report = sampleReport();
  const findings = [findingLike({ source: { file: "api.yaml", line: 14, column: 7 } })];
  const { results, tool, invocations } = runOf({ ...report, findings });
  const [result] = results;
  assert.ok(result);
  assert.equal(tool.driver.rules[result.ruleIndex]?.id, "res-limits-required");
  assert.equal(result.level, "error");
  assert.match(result.message.text, /^container api has no memory limit — fix: set resources/);
  assert.deepEqual(result.locations[0].physicalLocation, {
    artifactLocation: { uri: "api.yaml", uriBaseId: "%SRCROOT%" },
    region: { startLine: 14, startColumn: 7 },
  });
  assert.equal(
    result.locations[0].logicalLocations[0].fullyQualifiedName,
    "Deployment/platform-application/api#spec.template.spec.containers[name=api].resources.limits.memory",
  );
  assert.equal(invocations[0].toolExecutionNotifications?.length, 2);
});

test("a SARIF result of an object that is in no file has a logical location only", () => {
  const { source: _, ...finding } = findingLike();
  const [result] = runOf({ ...sampleReport(), door: "audit", findings: [finding] }).results;
  assert.deepEqual(Object.keys(result?.locations[0] ?? {}), ["logicalLocations"]);
});

test("rules of other doors are not listed, and every listed one has a help text", () => {
  const ids = (door: Report["door"]) =>
    runOf({ ...sampleReport(), door, findings: [] }).tool.driver.rules.map(({ id }) => id);
  assert.ok(ids("check").includes("file-parse"));
  assert.ok(!ids("check").includes("upgrade-skip"));
});

test("the fingerprint of a finding outlives a change of its line and its words, nothing else", () => {
  const source = { file: "api.yaml", line: 14, column: 7 };
  const prints = resultsOf([
    { source },
    { source: { ...source, file: "b.yaml" } },
    { source, rule: "res-requests-required" },
    { source, path: "spec.x" },
    { source, object: { apiVersion: "v1", kind: "Pod", name: "api" } },
  ]).map(({ partialFingerprints }) => partialFingerprints["keymateGuardFinding/v1"]);
  assert.equal(new Set(prints).size, prints.length);
  const [moved] = resultsOf([
    { source: { file: "./api.yaml", line: 99 }, message: "in other words" },
  ]);
  assert.equal(moved?.partialFingerprints["keymateGuardFinding/v1"], prints[0]);
  const twins = resultsOf([{ source }, { source }]);
  assert.notDeepEqual(twins[0]?.partialFingerprints, twins[1]?.partialFingerprints);
});

test("odd file names and words stay valid in SARIF, and no text becomes a link", () => {
  const [odd, absolute] = resultsOf([
    { source: { file: "a b/ü%#?:\ud800.yaml", line: 1 }, message: "see [it](http://x) \u0000" },
    { source: { file: "/srv/a b.yaml", line: 1 } },
  ]);
  const uriOf = (result: Result | undefined) =>
    result?.locations[0].physicalLocation?.artifactLocation.uri;
  assert.equal(uriOf(odd), "a%20b/%C3%BC%25%23%3F%3A%EF%BF%BD.yaml");
  assert.equal(uriOf(absolute), "file:///srv/a%20b.yaml");
  assert.match(odd?.message.text ?? "", /^see \\\[it\]\(http/);
});

const GAPS = `apiVersion: apps/v1
kind: Deployment
metadata: {name: a, labels: {policy.keymate.io/component: none}}
spec:
  template:
    spec:
      containers:
        - name: one # ü
          image: a
          resources: {}
        - name: two
          resources:
            limits: {memory: 1Gi}
---
{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"},
 "spec": {"containers": [{"name": "c", "image": "d"}]}}
`;

test("each SARIF fix alone is what --fix would write there, and closes its finding", () => {
  for (const text of [GAPS, GAPS.replaceAll("\n", "\r\n")]) {
    const loaded = read(text);
    const { report } = checkFiles(loaded, SETTINGS);
    const fixes = () => proposeFixes(planFixes(loaded, SETTINGS));
    const reporter = sarifReporter({ version: "1.2.3", rules: RULES }, fixes);
    const { results } = runOf(report, reporter);
    const fixable = report.findings.filter((finding) => finding.fixable);
    assert.equal(results.filter((result) => result.fixes).length, fixable.length);
    assert.ok(fixable.length > 8);
    for (const [index, { ruleId, fixes }] of results.entries()) {
      const replacement = fixes?.[0]?.artifactChanges[0]?.replacements[0];
      if (replacement === undefined) continue;
      const fixed = replaced(text, replacement.deletedRegion, replacement.insertedContent.text);
      const { report: after } = checkFiles(read(fixed), SETTINGS);
      const { object, path } = report.findings[index] ?? assert.fail();
      assert.ok(
        !after.findings.some(
          (one) => one.rule === ruleId && one.path === path && one.object.name === object.name,
        ),
        fixed,
      );
    }
  }
});

test("fixes of a very large document are left to --fix", () => {
  const loaded = read(`${GAPS.slice(0, GAPS.indexOf("---"))}# ${"x".repeat(130 * 1024)}\n`);
  assert.ok(fixFiles(planFixes(loaded, SETTINGS)).applied > 0);
  assert.equal(proposeFixes(planFixes(loaded, SETTINGS)).size, 0);
});

test("a file with a byte order mark has its columns behind the mark", () => {
  using folder = new Folder();
  const path = folder.write("bom.yaml", `\uFEFF${GAPS}`);
  const { report } = checkFiles(loadFiles([path]), SETTINGS);
  assert.ok(report.findings.length > 0);
  for (const { source } of report.findings) {
    const line = GAPS.split("\n")[(source?.line ?? 0) - 1] ?? "";
    assert.match(line.slice((source?.column ?? 0) - 1), /^[a-z{"]/);
  }
});

function replaced(text: string, region: Region, insert: string): string {
  const offset = (line: number, column: number) =>
    text
      .split("\n")
      .slice(0, line - 1)
      .join("\n").length +
    (line > 1 ? 1 : 0) +
    column -
    1;
  return (
    text.slice(0, offset(region.startLine, region.startColumn)) +
    insert +
    text.slice(offset(region.endLine, region.endColumn))
  );
}
