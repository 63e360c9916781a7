import assert from "node:assert/strict";
import { test } from "node:test";
import { renderJson } from "../../../src/adapters/output/json.ts";
import { sampleReport } from "./report-fixture.ts";

test("the JSON format is the report of the product contract, keys in their order", () => {
  const text = renderJson(sampleReport(), { color: true });
  assert.ok(text.endsWith("}\n"));
  const report = JSON.parse(text);
  assert.deepEqual(Object.keys(report), [
    "apiVersion",
    "kind",
    "door",
    "policy",
    "generatedAt",
    "summary",
    "practices",
    "findings",
    "skipped",
  ]);
  assert.equal(report.generatedAt, "2026-11-23T12:00:00.000Z");
  assert.deepEqual(report.summary, {
    objects: 2,
    enforce: 1,
    warn: 1,
    audit: 1,
    skipped: 2,
    verdict: "fail",
  });
  assert.deepEqual(report.findings[2], {
    rule: "res-limits-required",
    practice: "resources",
    mode: "enforce",
    object: {
      apiVersion: "apps/v1",
      kind: "Deployment",
      namespace: "platform-application",
      name: "api",
    },
    path: "spec.template.spec.containers[name=api].resources.limits.memory",
    pointer: "/spec/template/spec/containers/0/resources/limits/memory",
    message: "container api has no memory limit",
    fix: "set resources.limits.memory to peak use",
    fixable: true,
    source: { file: "api.yaml", line: 14 },
  });
  assert.deepEqual(Object.keys(report.skipped[0]), ["rule", "object", "reason"]);
});
