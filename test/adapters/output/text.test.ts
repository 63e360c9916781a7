import assert from "node:assert/strict";
import { test } from "node:test";
import { stripVTControlCharacters } from "node:util";
import { renderText } from "../../../src/adapters/output/text.ts";
import { buildReport } from "../../../src/usecases/report.ts";
import { findingLike, sampleReport } from "./report-fixture.ts";

const ESCAPE = "\u001b";
const WHERE = "(spec.template.spec.containers[name=api].resources.limits.memory)";

test("the text format has one line per finding, then doubts, then a summary", () => {
  assert.equal(
    renderText(sampleReport(), { color: false }),
    [
      `Namespace x: audit [res-limits-required] container api has no memory limit — fix: set resources.limits.memory to peak use ${WHERE}`,
      "api.yaml:14: warn [a-rule] container api has no memory limit — fix: set resources.limits.memory to peak use",
      `api.yaml:14: enforce [res-limits-required] container api has no memory limit — fix: set resources.limits.memory to peak use ${WHERE}`,
      "not verified: [b-rule] Cluster is not installed (2 objects)",
      "2 objects, 1 enforce, 1 warn, 1 audit, 2 not verified: fail",
      "",
    ].join("\n"),
  );
});

test("colours only come when they are asked for", () => {
  const plain = renderText(sampleReport(), { color: false });
  const colored = renderText(sampleReport(), { color: true });
  assert.ok(!plain.includes(ESCAPE));
  assert.ok(colored.includes(`${ESCAPE}[31menforce${ESCAPE}[0m`));
  assert.equal(stripVTControlCharacters(colored), plain);
});

test("a report without findings is one line", () => {
  const report = buildReport({
    door: "check",
    policy: "keymate",
    now: 0,
    objects: 1,
    findings: [],
    skipped: [],
    judged: new Set(["resources"]),
    incomplete: false,
  });
  assert.equal(
    renderText(report, { color: false }),
    "1 object, 0 enforce, 0 warn, 0 audit: pass\n",
  );
});

test("no name can break the line or send escape sequences", () => {
  const { findings, ...rest } = sampleReport();
  const hostile = findingLike({
    message: "a\nb\u001b[2J\u202e",
    source: { file: "x\ny", line: 1 },
  });
  const text = renderText({ ...rest, skipped: [], findings: [hostile] }, { color: false });
  assert.equal(text.split("\n").length, 3);
  assert.match(
    text,
    /^x\\u000ay:1: enforce \[res-limits-required\] a\\u000ab\\u001b\[2J\\u202e — fix/,
  );
  assert.ok(findings.length > 0);
});
