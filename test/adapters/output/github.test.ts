import assert from "node:assert/strict";
import { test } from "node:test";
import { renderGithub } from "../../../src/adapters/output/github.ts";
import { findingLike, sampleReport } from "./report-fixture.ts";

const WHERE = "(spec.template.spec.containers[name=api].resources.limits.memory)";
const WORDS = "container api has no memory limit — fix: set resources.limits.memory to peak use";

test("the github format has one workflow command per finding, then doubts, then a summary", () => {
  assert.equal(
    renderGithub(sampleReport(), { color: true }),
    [
      `::notice title=res-limits-required::Namespace x: [res-limits-required] ${WORDS} ${WHERE}`,
      `::warning file=api.yaml,line=14,title=a-rule::[a-rule] ${WORDS}`,
      `::error file=api.yaml,line=14,title=res-limits-required::[res-limits-required] ${WORDS} ${WHERE}`,
      "::notice title=not verified::not verified: [b-rule] Cluster is not installed (2 objects)",
      "2 objects, 1 enforce, 1 warn, 1 audit, 2 not verified: fail",
      "",
    ].join("\n"),
  );
});

test("what the runner takes for syntax is escaped, in properties and in the message", () => {
  const finding = findingLike({
    path: "",
    message: "100%\r\n::error::mine: a, b\u001b[2J",
    source: { file: "./a:b,c%\r\n.yaml", line: 3, column: 5 },
  });
  const text = renderGithub(
    { ...sampleReport(), skipped: [], findings: [finding] },
    { color: false },
  );
  assert.equal(
    text.split("\n")[0],
    "::error file=a%3Ab%2Cc%25%0D%0A.yaml,line=3,col=5,title=res-limits-required::" +
      "[res-limits-required] 100%25%0D%0A::error::mine: a, b\\u001b[2J — fix: set resources.limits.memory to peak use",
  );
  assert.equal(text.split("\n").length, 3);
});
