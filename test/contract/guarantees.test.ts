import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { suite, test } from "node:test";
import { guaranteesPage } from "../../scripts/gen/guarantees.ts";
import { isRunOf, type Result, readResults, standingOf } from "../faults/support/results.ts";
import { GUARANTEES, type Guarantee } from "../faults/table.ts";

const ROOT = join(import.meta.dirname, "../..");
const NAMED = GUARANTEES.flatMap(({ tests }) => tests);

const guarantee: Guarantee = {
  row: "1",
  fault: "a fault",
  criterion: "no harm",
  promise: "It does no harm.",
  tests: [
    { file: "a.ts", title: "does no harm" },
    { file: "b.ts", title: "of … does none (either)" },
  ],
};

const result: Result = {
  file: "a.ts",
  title: "does no harm",
  outcome: "passed",
  date: "2026-11-23",
  version: "1.2.3",
  machine: "a machine",
  measured: ["0 harmed"],
};
const other: Result = { ...result, file: "b.ts", title: "of any\nkind does none (either)" };

suite("the table of guarantees", () => {
  test("has the rows 1 to 29 in order, then what was added", () => {
    const numbers = Array.from({ length: 29 }, (_, index) => `${index + 1}`);
    assert.deepEqual(
      GUARANTEES.map(({ row }) => row),
      [...numbers, "endurance"],
    );
  });

  test("gives each row a test, or says what is missing", () => {
    for (const { row, tests, missing } of GUARANTEES) {
      assert(tests.length > 0 || missing !== undefined, row);
    }
  });

  test("names tests that are there", () => {
    for (const { file, title } of NAMED) {
      assert(existsSync(join(ROOT, file)), file);
      const text = readFileSync(join(ROOT, file), "utf8");
      const words = title.split("…").map((part) => RegExp.escape(part));
      const source = `\\b(test|it)\\(\\s*["'\`]${words.join("\\$\\{[^}]*\\}")}["'\`]`;
      assert.match(text, new RegExp(source), `${file} has no test "${title}"`);
    }
  });

  test("names every file of fault tests", () => {
    const files = readdirSync(join(ROOT, "test/faults"))
      .filter((name) => name.endsWith(".faults.test.ts"))
      .map((name) => `test/faults/${name}`);
    assert.deepEqual(
      files.filter((file) => !NAMED.some((named) => named.file === file)),
      [],
    );
  });

  test("has no result of a test that it does not name", () => {
    const strays = readResults().filter((one) => !NAMED.some((named) => isRunOf(named, one)));
    assert.deepEqual(strays, []);
  });
});

suite("a guarantee", () => {
  test("is met when each of its tests passed", () => {
    assert.equal(standingOf(guarantee, [result, other]).state, "met");
  });

  test("is met in part while a test was not run, or something is missing", () => {
    assert.equal(standingOf(guarantee, [result]).state, "in part");
    const lacking = { ...guarantee, missing: "the rest" };
    assert.equal(standingOf(lacking, [result, other]).state, "in part");
  });

  test("is not met when one of them failed", () => {
    const failed: Result = { ...other, outcome: "failed" };
    assert.equal(standingOf(guarantee, [result, failed]).state, "not met");
  });

  test("is not measured while none ran, or all were skipped", () => {
    const skipped: Result = { ...result, outcome: "skipped" };
    for (const results of [[], [skipped]]) {
      assert.equal(standingOf(guarantee, results).state, "not measured yet");
    }
  });
});

test("the page of guarantees shows what tests said, when, and of which version", () => {
  const page = guaranteesPage([guarantee], [result, other]);
  assert.match(
    page,
    /^\| 1 +\| It does no harm\. \| met: 2 of 2 tests passed, 2026-11-23, version 1\.2\.3 \|$/m,
  );
  assert.match(page, /```text\n0 harmed\n0 harmed\n```\n\nOn a machine\./);
});
