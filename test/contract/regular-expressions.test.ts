import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { suite, test } from "node:test";
import { policyJsonSchema } from "../../src/config/policy-json-schema.ts";
import { RULES } from "../../src/rules/index.ts";
import { growthOf } from "../support/regular-expressions/growth.ts";
import { scanRegularExpressions } from "../support/regular-expressions/scan.ts";

interface Expression {
  readonly place: string;
  readonly source: string;
  readonly flags: string;
}

const ROOT = join(import.meta.dirname, "../../src");
const sources = readdirSync(ROOT, { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".ts"))
  .map((path) => ({ path, ...scanRegularExpressions(readFileSync(join(ROOT, path), "utf8")) }));

suite("regular expressions", () => {
  test("take steps in proportion to the text, wherever they are written down", () => {
    const literals = sources.flatMap(({ path, literals }) =>
      literals.map((literal) => ({ place: `${path}:${literal.line}`, ...literal })),
    );
    assert.ok(literals.length > 100, "the expressions are found");
    assert.deepEqual(superLinear(literals), []);
  });

  test("take steps in proportion to the text, when a module puts them together", () => {
    const expected = sources.flatMap(({ path, built }) => built.map((line) => `${path}:${line}`));
    const built = record([...new Set(expected.map((place) => place.split(":")[0] ?? ""))]);
    // One that is put together later could be made of anything, so there is none.
    assert.deepEqual([...new Set(built.map(({ place }) => place))].sort(), expected.sort());
    assert.deepEqual(superLinear(built), []);
  });

  test("take steps in proportion to the text, when editors check a policy with them", () => {
    const patterns = patternsIn(policyJsonSchema(RULES));
    assert.ok(patterns.length > 10, "the patterns are found");
    const expressions = patterns.map((source) => ({ place: "schema", source, flags: "u" }));
    assert.deepEqual(superLinear(expressions), []);
  });
});

function superLinear(expressions: readonly Expression[]): string[] {
  return expressions.flatMap(({ place, source, flags }) => {
    const growth = growthOf(source, flags);
    if (growth.kind === "linear") return [];
    return [`${place} /${source}/${flags} is ${growth.kind} in ${JSON.stringify(growth.pump)}`];
  });
}

function record(paths: readonly string[]): Expression[] {
  const recorder = join(import.meta.dirname, "../support/regular-expressions/record.ts");
  return JSON.parse(
    execFileSync(process.execPath, [recorder, ROOT, ...paths], { encoding: "utf8" }),
  );
}

function patternsIn(schema: unknown): string[] {
  if (typeof schema !== "object" || schema === null) return [];
  const found = Object.entries(schema).flatMap(([key, value]) =>
    key === "pattern" && typeof value === "string" ? [value] : patternsIn(value),
  );
  return [...new Set(found)];
}
