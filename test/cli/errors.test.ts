import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { runProgram } from "../../src/cli/program.ts";
import { ERRORS } from "../../src/usecases/error-codes.ts";
import { captured } from "./support/captured-io.ts";

const SRC = join(import.meta.dirname, "../../src");
const folder = mkdtempSync(join(tmpdir(), "keymate-guard-errors-"));
after(() => rmSync(folder, { recursive: true, force: true }));

async function run(argv: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const { io, err } = captured(env);
  return { code: await runProgram(argv, io), err: err() };
}

test("every code of the catalogue is one that the program gives", () => {
  const sources = readdirSync(SRC, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts") && !path.endsWith("error-codes.ts"))
    .map((path) => readFileSync(join(SRC, path), "utf8"))
    .join("\n");
  const unused = Object.keys(ERRORS).filter((code) => !sources.includes(`"${code}"`));
  assert.deepEqual(unused, []);
});

test("an error is one sentence, and debug adds its code and where it arose", async () => {
  const sentence = "keymate-guard: name the files or folders to check, or - for standard input\n";
  assert.deepEqual(await run(["check"]), { code: 2, err: sentence });
  const debug = [
    await run(["check", "--log-level", "debug"]),
    await run(["check"], { KEYMATE_GUARD_LOG_LEVEL: "debug" }),
  ];
  for (const { code, err } of debug) {
    assert.equal(code, 2);
    assert.ok(err.startsWith(`${sentence}  code: check-usage\n`), err);
    assert.match(err, /\n {4}at /);
  }
});

test("a file that --fix cannot replace is named with the reason, and stays as it is", async () => {
  // The temporary name beside it is longer than a file system takes.
  const file = join(folder, `${"n".repeat(240)}.yaml`);
  const manifest = `apiVersion: apps/v1
kind: Deployment
metadata: { name: api, namespace: platform-application }
spec: { template: { spec: { containers: [{ name: api, image: "registry.example/api:1" }] } } }
`;
  writeFileSync(file, manifest);
  const { code, err } = await run(["check", "--fix", file]);
  assert.equal(code, 3);
  assert.equal(
    err,
    `keymate-guard: ${file} cannot be fixed: its name is too long: name another file\n`,
  );
  assert.equal(readFileSync(file, "utf8"), manifest);
});
