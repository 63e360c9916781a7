import assert from "node:assert/strict";
import { test } from "node:test";
import { renderText } from "../../../src/adapters/output/text.ts";
import type { ReadinessLine } from "../../../src/usecases/readiness.ts";
import { buildReport } from "../../../src/usecases/report.ts";

function textOf(parts: Partial<ReadinessLine>): string {
  const line: ReadinessLine = {
    id: "x",
    title: "All is well",
    status: "pass",
    rules: [],
    evidence: [],
    ...parts,
  };
  const report = buildReport({
    door: "audit",
    policy: "keymate",
    now: 0,
    objects: 1,
    findings: [],
    skipped: ["Deployment", "StatefulSet"].map((kind) => ({
      rule: "r",
      practice: "resources" as const,
      object: { apiVersion: "apps/v1", kind, namespace: "a", name: "*" },
      reason: "needs permission to list x",
    })),
    judged: new Set(),
    incomplete: false,
    readiness: [line],
  });
  return renderText(report, { color: false });
}

test("a line shows its status, its doubts, then its evidence", () => {
  const text = textOf({ status: "not-verified", evidence: ["a"], notVerified: ["b"] });
  assert.equal(
    text,
    `not verified: [r] needs permission to list x (Deployment, StatefulSet)

Is it ready for production?
  not-verified    All is well
                  not verified: b
                  a

1 object, 0 enforce, 0 warn, 0 audit, 2 not verified: not-verified
`,
  );
});

test("a line shows six pieces of evidence at most", () => {
  const evidence = ["a", "b", "c", "d", "e", "f", "g"];
  assert.match(textOf({ evidence }), / e\n +and 2 more\n/);
  assert.match(textOf({ evidence: evidence.slice(1) }), / f\n +g\n/);
});

test("no name in a piece of evidence can start a line of its own", () => {
  assert.match(textOf({ evidence: ["a\nb"] }), / a\\u000ab\n/);
});
