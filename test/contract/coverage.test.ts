import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { coveragePage } from "../../scripts/gen/coverage.ts";
import { SPECIFIED, UNSHIPPED } from "../../scripts/gen/coverage-plan.ts";
import { RULES } from "../../src/rules/index.ts";

const reason = { mode: "audit", kinds: "Pod", state: "", reason: "speaks in the audit" } as const;

suite("the coverage page", () => {
  test("has one line for every specified rule, with a link to those that are shipped", () => {
    const page = coveragePage(RULES);
    for (const id of Object.values(SPECIFIED).flat()) {
      const isShipped = RULES.some((rule) => rule.id === id);
      const start = isShipped ? `| [${id}](rules/${id}.md) ` : `| ${id} `;
      assert.equal(page.split("\n").filter((line) => line.startsWith(start)).length, 1, id);
    }
  });

  test("is not written for a rule that is shipped and has a reason why not", () => {
    const plan = { ...UNSHIPPED, "res-zero": reason };
    assert.throws(() => coveragePage(RULES, SPECIFIED, plan), /res-zero is shipped and/);
  });

  test("is not written for a rule that is neither", () => {
    const others = RULES.filter(({ id }) => id !== "res-zero");
    assert.throws(() => coveragePage(others), /res-zero is neither/);
  });

  test("is not written for a rule that nobody specified", () => {
    const without = { ...SPECIFIED, resources: SPECIFIED.resources.slice(1) };
    assert.throws(() => coveragePage(RULES, without), /res-requests-required is not specified/);
    const plan = { ...UNSHIPPED, "res-more": reason };
    assert.throws(() => coveragePage(RULES, SPECIFIED, plan), /res-more is not specified/);
  });
});
