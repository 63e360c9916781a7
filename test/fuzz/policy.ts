import assert from "node:assert/strict";
import { formatProblem, loadPolicy } from "../../src/config/load-policy.ts";
import { RULES } from "../../src/rules/index.ts";
import type { Target } from "./target.ts";

/** Any text as a policy file: a policy, or mistakes with a place and one line each. */
export const target: Target = {
  dictionary: [
    ...["spec:\n", "rules:", "layers:", "components:", "overrides:", "defaults:", "extends: none"],
    ...["profile: production", "mode: ", "enforce", "warn", "audit", "off", "until: 2027-03-31"],
    ...[
      "res-limits-required",
      "params: ",
      "- ",
      "  ",
      ": ",
      "{",
      "}",
      "[",
      "]",
      "&a ",
      "*a",
      "<<: ",
    ],
    ...[
      "!!binary ",
      "|\n",
      ">-\n",
      "'",
      '"',
      "---\n",
      "null",
      "500m",
      "2Gi",
      "*",
      "__proto__: ",
      "~",
    ],
  ],
  run(input) {
    const loaded = loadPolicy({ text: input.toString("utf8"), source: "p", rules: RULES, now: 0 });
    if (loaded.ok) return;
    assert.ok(loaded.problems.length > 0);
    for (const problem of loaded.problems) {
      assert.ok(problem.line >= 1);
      assert.doesNotMatch(formatProblem(problem), /[\n\r]/);
    }
  },
};
