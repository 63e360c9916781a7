import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { dig, ownArray } from "../../src/kubernetes/json.ts";
import { policyReportsOf, REPORT_NAME } from "../../src/usecases/policy-reports.ts";
import type { Report, ReportFinding, ReportSkip } from "../../src/usecases/report.ts";
import { buildReport } from "../../src/usecases/report.ts";

function finding(name: string, parts: Partial<ReportFinding> = {}): ReportFinding {
  return {
    rule: "res-limits-required",
    practice: "resources",
    mode: "enforce",
    object: { apiVersion: "apps/v1", kind: "Deployment", namespace: "app", name },
    path: "spec.template",
    pointer: "/spec/template",
    message: "no limit",
    fix: "set one",
    fixable: false,
    ...parts,
  };
}

function reportOf(findings: readonly ReportFinding[], skips: readonly ReportSkip[] = []): Report {
  const skipped = skips.map((skip) => ({ ...skip, practice: "resources" as const }));
  return buildReport({
    ...{ door: "audit", policy: "keymate", now: 0, objects: 1, findings, skipped },
    ...{ judged: new Set(), incomplete: false },
  });
}

suite("policy reports", () => {
  test("are one for each namespace, and one for what lives in none, under a stable name", () => {
    const clusterScoped = { apiVersion: "v1", kind: "Node", name: "n" };
    const namespace = { apiVersion: "v1", kind: "Namespace", name: "data" };
    const reports = policyReportsOf(
      reportOf([
        finding("b"),
        finding("a"),
        finding("n", { object: clusterScoped }),
        finding("data", { object: namespace, mode: "warn" }),
      ]),
      "policyreport",
    );
    assert.deepEqual(
      reports.map(({ kind, metadata }) => [kind, dig(metadata, "namespace")]),
      [
        ["ClusterPolicyReport", undefined],
        ["PolicyReport", "app"],
        ["PolicyReport", "data"],
      ],
    );
    for (const { metadata } of reports) assert.equal(dig(metadata, "name"), REPORT_NAME);
    assert.equal(dig(reports[1], "summary", "fail"), 2);
    assert.equal(dig(reports[2], "summary", "warn"), 1);
  });

  test("stay the same while the findings do, whenever they are made and in whatever order", () => {
    const [a, b] = [finding("a"), finding("b", { mode: "warn" })];
    const later = { ...reportOf([b, a]), generatedAt: "2030-01-01T00:00:00Z" };
    assert.deepEqual(
      policyReportsOf(later, "openreports"),
      policyReportsOf(reportOf([a, b]), "openreports"),
    );
  });

  test("hold the worst thousand, and count them all", () => {
    const many = Array.from({ length: 1_500 }, (_, index) =>
      finding(`d-${index}`, { mode: index < 1_499 ? "audit" : "enforce" }),
    );
    const [report] = policyReportsOf(reportOf(many), "policyreport");
    const results = ownArray(report, "results");
    assert.equal(results.length, 1_000);
    assert.equal(dig(results[0], "result"), "fail");
    assert.equal(dig(report, "summary", "warn"), 1_499);
  });

  test("call what could not be verified skipped, never passed", () => {
    const object = { apiVersion: "v1", kind: "Secret", name: "*" };
    const skip = { rule: "secret-rotation", object, reason: "not asked" };
    const [report] = policyReportsOf(reportOf([], [skip]), "policyreport");
    assert.deepEqual(dig(report, "summary"), { pass: 0, fail: 0, warn: 0, error: 0, skip: 1 });
    const [result] = ownArray(report, "results");
    assert.equal(dig(result, "result"), "skip");
    assert.equal(dig(result, "resources"), undefined);
  });
});
