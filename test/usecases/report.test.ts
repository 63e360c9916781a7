import assert from "node:assert/strict";
import { test } from "node:test";
import { PRACTICES } from "../../src/engine/rule.ts";
import {
  buildReport,
  exitCodeOf,
  type ReportFinding,
  type ReportInput,
} from "../../src/usecases/report.ts";

const OBJECT = { apiVersion: "v1", kind: "Pod", namespace: "a", name: "p" };

function found(parts: Partial<ReportFinding>): ReportFinding {
  return {
    rule: "r",
    practice: "resources",
    mode: "warn",
    object: OBJECT,
    path: "spec",
    pointer: "/spec",
    message: "m",
    fix: "f",
    fixable: false,
    ...parts,
  };
}

function report(parts: Partial<ReportInput>) {
  return buildReport({
    door: "audit",
    policy: "keymate",
    now: 0,
    objects: 1,
    findings: [],
    skipped: [],
    judged: new Set(),
    incomplete: false,
    ...parts,
  });
}

const skip = { rule: "s", practice: "backup", object: OBJECT, reason: "unknown" } as const;

test("a report lists every practice in the guide's order", () => {
  assert.deepEqual(
    report({}).practices.map(({ id }) => id),
    PRACTICES,
  );
});

test("a practice fails, warns, is in doubt, passes or does not apply, the first that holds", () => {
  const { practices } = report({
    findings: [
      found({ mode: "enforce", practice: "resources" }),
      found({ mode: "warn", practice: "resources" }),
      found({ mode: "warn", practice: "secrets" }),
      found({ mode: "audit", practice: "network" }),
      found({ mode: "audit", practice: "backup" }),
    ],
    skipped: [skip, { ...skip, practice: "secrets" }],
    judged: new Set(["upgrades"]),
    incomplete: false,
  });
  const shown = practices.map(({ id, status, findings }) => `${id} ${status} ${findings}`);
  assert.deepEqual(shown, [
    "high-availability not-applicable 0",
    "resources fail 2",
    "monitoring not-applicable 0",
    "backup not-verified 1",
    "upgrades pass 0",
    "namespaces not-applicable 0",
    "secrets warn 1",
    "network pass 1",
    "operations not-applicable 0",
  ]);
});

test("the verdict is the worst of all lines, and a doubt is never a pass", () => {
  const verdict = (parts: Partial<ReportInput>) => report(parts).summary.verdict;
  assert.equal(verdict({}), "pass");
  assert.equal(verdict({ findings: [found({ mode: "audit" })] }), "pass");
  assert.equal(verdict({ skipped: [skip] }), "not-verified");
  assert.equal(verdict({ skipped: [skip], findings: [found({ mode: "warn" })] }), "warn");
  assert.equal(
    verdict({ findings: [found({ mode: "warn" }), found({ mode: "enforce" })] }),
    "fail",
  );
});

test("findings are sorted by file, object, rule and path, whatever order they came in", () => {
  const sorted = [
    found({ object: { ...OBJECT, namespace: "z" }, source: { file: "a.yaml", line: 9 } }),
    found({
      object: { apiVersion: "v1", kind: "Namespace", name: "n" },
      source: { file: "b.yaml", line: 1 },
    }),
    found({ object: { ...OBJECT, kind: "Job" }, source: { file: "b.yaml", line: 5 } }),
    found({ rule: "a", path: "z", source: { file: "b.yaml", line: 5 } }),
    found({ rule: "b", path: "a", source: { file: "b.yaml", line: 3 } }),
    found({ rule: "b", path: "b", source: { file: "b.yaml", line: 2 } }),
    found({ rule: "b", path: "b", source: { file: "b.yaml", line: 4 } }),
  ];
  assert.deepEqual(report({ findings: sorted.toReversed() }).findings, sorted);
});

test("two reports on the same input are equal but for their time", () => {
  const input = { findings: [found({}), found({ rule: "q" })], skipped: [skip] };
  const { generatedAt: first, ...one } = report({ ...input, now: 1 });
  const { generatedAt: second, ...two } = report({
    findings: input.findings.toReversed(),
    skipped: input.skipped,
    now: 2,
  });
  assert.equal(JSON.stringify(one), JSON.stringify(two));
  assert.notEqual(first, second);
});

test("the exit code is 1 when a finding reaches what --fail-on names", () => {
  const withMode = (mode: ReportFinding["mode"]) => report({ findings: [found({ mode })] });
  const codes = (["enforce", "warn", "audit", "never"] as const).map((failOn) => [
    exitCodeOf(withMode("enforce"), failOn),
    exitCodeOf(withMode("warn"), failOn),
    exitCodeOf(withMode("audit"), failOn),
    exitCodeOf(report({}), failOn),
  ]);
  assert.deepEqual(codes, [
    [1, 0, 0, 0],
    [1, 1, 0, 0],
    [1, 1, 1, 0],
    [0, 0, 0, 0],
  ]);
});

test("a report never passes what was not looked at", () => {
  assert.equal(report({}).summary.verdict, "pass");
  assert.equal(report({ objects: 0 }).summary.verdict, "not-verified");
  assert.equal(report({ incomplete: true }).summary.verdict, "not-verified");
  assert.equal(
    report({ incomplete: true, findings: [found({ mode: "enforce" })] }).summary.verdict,
    "fail",
  );
});
