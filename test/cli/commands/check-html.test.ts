import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { after, test } from "node:test";
import { runProgram } from "../../../src/cli/program.ts";
import { captured } from "../support/captured-io.ts";

const ROOT = join(import.meta.dirname, "../../..");
const NAMESPACES = join(ROOT, "examples/broken/00-namespaces.yaml");
const folder = mkdtempSync(join(tmpdir(), "keymate-guard-check-html-"));
after(() => rmSync(folder, { recursive: true, force: true }));

async function run(...argv: readonly string[]) {
  const { io, out, err } = captured();
  return { code: await runProgram(["check", ...argv], io), out: out(), err: err() };
}

test("check --format html writes one page with the layer map to standard output", async () => {
  const { code, out, err } = await run(NAMESPACES, "--format", "html");
  assert.deepEqual([code, err], [1, ""]);
  assert.match(out, /^<!doctype html>\n/);
  assert.match(out, /<\/html>\n$/);
  assert.match(out, /<h3><i aria-hidden="true">1<\/i> infrastructure<\/h3>/);
});

test("check --format html --output writes the same page to a file", async () => {
  const file = join(folder, "report.html");
  const { code, out, err } = await run(NAMESPACES, "--format", "html", "--output", file);
  assert.deepEqual([code, out, err], [1, "", ""]);
  assert.match(readFileSync(file, "utf8"), /^<!doctype html>\n/);
});

test("the JSON report holds no inventory", async () => {
  const { out } = await run(NAMESPACES, "--format", "json");
  assert.equal("inventory" in JSON.parse(out), false);
});

test("a file that is a template is a finding of the page, not an error", async () => {
  const { io, out } = captured();
  const stdin = Readable.from([Buffer.from("kind: {{ .Values.kind }}\n")]);
  const code = await runProgram(["check", "-", "--format", "html"], { ...io, stdin });
  assert.equal(code, 1);
  assert.match(out(), /Files that cannot be judged/);
  assert.match(out(), /&lt;stdin&gt;:1/);
});
