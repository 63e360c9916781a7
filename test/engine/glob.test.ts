import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { matches } from "../../src/engine/glob.ts";

const cases: readonly [pattern: string, text: string, expected: boolean][] = [
  ["app", "app", true],
  ["app", "app2", false],
  ["*", "", true],
  ["app-*", "app-", true],
  ["app-*", "my-app-1", false],
  ["*-prod", "eu-prod", true],
  ["a*b*c", "axxbyyc", true],
  ["a*b*c", "acb", false],
  ["ab*ba", "aba", false],
  ["a.c", "abc", false],
];

for (const [pattern, text, expected] of cases) {
  test(`glob ${pattern} ${expected ? "matches" : "does not match"} ${JSON.stringify(text)}`, () => {
    assert.equal(matches(pattern, text), expected);
  });
}

test("glob agrees with a regular expression for any pattern", () => {
  const letters = fc.string({ unit: fc.constantFrom("a", "b", "*"), maxLength: 8 });
  fc.assert(
    fc.property(letters, fc.string({ unit: fc.constantFrom("a", "b"), maxLength: 8 }), (p, t) => {
      assert.equal(matches(p, t), new RegExp(`^${p.replaceAll("*", ".*")}$`).test(t));
    }),
  );
});

test("glob stays linear for a pattern that makes regular expressions backtrack", () => {
  assert.equal(matches(`${"*a".repeat(2_000)}b`, "a".repeat(100_000)), false);
});
