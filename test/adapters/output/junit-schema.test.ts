import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { validateXML } from "xmllint-wasm";
import { junitReporter } from "../../../src/adapters/output/junit.ts";
import { findingLike, sampleReport } from "./report-fixture.ts";

const SCHEMA = readFileSync(
  join(import.meta.dirname, "../../support/schemas/junit-10.xsd"),
  "utf8",
);

async function assertJunit(...documents: readonly string[]): Promise<void> {
  const xml = documents.map((contents, index) => ({ fileName: `${index}.xml`, contents }));
  const { errors } = await validateXML({ xml, schema: SCHEMA });
  assert.deepEqual(errors, []);
}

test("a JUnit report follows the schema of Jenkins", async () => {
  const report = sampleReport();
  const silent = { ...report, findings: [], skipped: [] };
  for (const failOn of ["enforce", "warn", "audit", "never"] as const) {
    const render = junitReporter(failOn);
    const documents = [report, silent].map((one) => render(one, { color: false }));
    await assertJunit(...documents);
  }
});

test("a document that does not follow the schema is told", async () => {
  await assert.rejects(assertJunit("<testsuites><testcase/></testsuites>"));
});

test("a JUnit report follows the schema whatever text manifests bring", async () => {
  const word = fc.string({
    unit: fc.oneof(
      fc.string({ unit: "binary", maxLength: 1 }),
      fc.constantFrom("<", "&", "]]>", '"', "\u0000", "\ufffe", "\ud800"),
    ),
  });
  const samples = fc.sample(
    fc.record({ message: word, path: word, rule: word, file: word, name: word }),
    { numRuns: 20, seed: 1 },
  );
  const findings = samples.map(({ file, name, ...parts }) =>
    findingLike({
      ...parts,
      source: { file, line: 1 },
      object: { apiVersion: "v1", kind: "Pod", name },
    }),
  );
  await assertJunit(junitReporter("enforce")({ ...sampleReport(), findings }, { color: false }));
});
