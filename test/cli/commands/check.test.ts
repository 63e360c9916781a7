import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { runProgram } from "../../../src/cli/program.ts";
import { REPORT_FORMATS } from "../../../src/config/settings-check.ts";
import { Folder } from "../../adapters/files/workspace.ts";
import { reportSchema, sarifSchema } from "../../support/json-schema.ts";
import { captured } from "../support/captured-io.ts";

const EXAMPLES = join(import.meta.dirname, "../../../examples");

async function check(...args: readonly string[]) {
  const { io, out, err } = captured();
  return { code: await runProgram(["check", ...args], io), out: out(), err: err() };
}

for (const example of ["platform", "broken"]) {
  test(`every format says the same of examples/${example}, on standard output and in a file`, async () => {
    using folder = new Folder();
    const code = example === "broken" ? 1 : 0;
    for (const format of REPORT_FORMATS) {
      const file = join(folder.path, format);
      const shown = await check(join(EXAMPLES, example), "--format", format);
      const written = await check(join(EXAMPLES, example), "--format", format, "--output", file);
      assert.deepEqual([shown.code, shown.err], [code, ""]);
      assert.deepEqual(written, { code, out: "", err: "" });
      assert.equal(withoutTime(readFileSync(file, "utf8")), withoutTime(shown.out), format);
    }
    assert.deepEqual(readdirSync(folder.path), [...REPORT_FORMATS].sort());
  });

  test(`JSON and SARIF of examples/${example} follow their schemas`, async () => {
    const json = await check(join(EXAMPLES, example), "--format", "json");
    reportSchema()(JSON.parse(json.out));
    const sarif = await check(join(EXAMPLES, example), "--format", "sarif");
    sarifSchema()(JSON.parse(sarif.out));
  });
}

function withoutTime(text: string): string {
  return text.replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "");
}

test("files that do not parse are in a report of every format", async () => {
  using folder = new Folder();
  const file = folder.write("broken.yaml", "a: b\n\tc: [\n");
  for (const format of REPORT_FORMATS) {
    const { code, out } = await check(file, "--format", format);
    assert.equal(code, 1);
    assert.match(out, /file-parse/);
  }
  const { findings } = JSON.parse((await check(file, "--format", "json")).out);
  assert.deepEqual(findings[0].source, { file, line: 2, column: 1 });
});

test("a report that cannot be written ends with code 3 and one sentence, and leaves nothing", async () => {
  using folder = new Folder();
  const manifest = folder.write("a.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n");
  const there = join(folder.path, "folder");
  mkdirSync(there);
  const cases = {
    [join(folder.path, "no", "report")]: "its folder does not exist: create it",
    [join(manifest, "report")]: "a part of its path is no folder: name another file",
    [there]: "it is a folder: name a file in it",
    [join(there, "x".repeat(300))]: "its name is too long: name another file",
  };
  for (const [output, words] of Object.entries(cases)) {
    const { code, out, err } = await check(manifest, "--output", output);
    assert.deepEqual([code, out], [3, ""]);
    assert.equal(err, `keymate-guard: --output ${output} cannot be written: ${words}\n`);
  }
  assert.deepEqual(readdirSync(there), []);
});

test("a report replaces the last one with its mode, and a device is written to", async () => {
  using folder = new Folder();
  const manifest = folder.write("a.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n");
  const output = folder.write("report.txt", "old");
  await check(manifest, "--output", output);
  assert.match(readFileSync(output, "utf8"), /^1 object, 0 enforce/);
  assert.deepEqual(await check(manifest, "--output", "/dev/null"), { code: 0, out: "", err: "" });
  assert.ok(statSync("/dev/null").isCharacterDevice());
});
