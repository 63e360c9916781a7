import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { renderDiff } from "../../../src/adapters/output/diff.ts";
import { lineChanges } from "../../../src/adapters/output/line-changes.ts";

const lines = (...values: (string | number)[]) => values.map((value) => `${value}\n`).join("");

test("a diff has three lines of context and joins changes that are near", () => {
  const before = lines(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20);
  const after = before
    .replace("5\n", "5\nfive\n")
    .replace("\n9\n", "\nnine\n")
    .replace("\n19\n", "\n");
  assert.equal(
    renderDiff({ path: "dir/a.yaml", before, after }),
    `--- a/dir/a.yaml
+++ b/dir/a.yaml
@@ -3,10 +3,11 @@
 3
 4
 5
+five
 6
 7
 8
-9
+nine
 10
 11
 12
@@ -16,5 +17,4 @@
 16
 17
 18
-19
 20
`,
  );
});

test("equal texts have no diff", () => {
  assert.equal(renderDiff({ path: "a", before: "x\n", after: "x\n" }), "");
});

test("a missing last line ending is said", () => {
  assert.equal(
    renderDiff({ path: "a", before: "x", after: "x\ny" }),
    "--- a/a\n+++ b/a\n@@ -1 +1,2 @@\n-x\n\\ No newline at end of file\n+x\n+y\n\\ No newline at end of file\n",
  );
});

test("carriage returns stay in the lines", () => {
  assert.match(renderDiff({ path: "a", before: "x\r\n", after: "x\r\ny\r\n" }), /^ x\r\n\+y\r\n$/m);
});

test("changes lead from the old lines to the new ones, however much differs", () => {
  const text = fc.array(fc.constantFrom("a", "b", "c"), { maxLength: 30 });
  const long = fc.array(fc.integer({ min: 0, max: 400 }).map(String), {
    minLength: 300,
    maxLength: 400,
  });
  fc.assert(fc.property(text, text, leadsThere), { numRuns: 500 });
  fc.assert(fc.property(long, long, leadsThere), { numRuns: 5 });
});

function leadsThere(old: string[], now: string[]): void {
  const result: string[] = [];
  let at = 0;
  for (const change of lineChanges(old, now)) {
    result.push(...old.slice(at, change.oldStart));
    assert.equal(result.length, change.newStart);
    result.push(...now.slice(change.newStart, change.newEnd));
    at = change.oldEnd;
  }
  assert.deepEqual([...result, ...old.slice(at)], now);
}
