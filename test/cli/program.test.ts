import assert from "node:assert/strict";
import { test } from "node:test";
import { runProgram } from "../../src/cli/program.ts";
import { captured } from "./support/captured-io.ts";

async function run(...argv: readonly string[]) {
  const { io, out, err } = captured();
  return { code: await runProgram(argv, io), out: out(), err: err() };
}

test("a flag in front of the command is answered by where it belongs", async () => {
  const { code, err } = await run("--log-level", "info", "rules");
  assert.equal(code, 2);
  assert.match(
    err,
    /^keymate-guard: flags come behind the command: keymate-guard COMMAND --log-level;/,
  );
});

test("help explains the program or a command, and knows when there is no such command", async () => {
  assert.match((await run("--help")).out, /^Usage: keymate-guard COMMAND/);
  assert.match((await run("help", "check")).out, /^Usage: keymate-guard check/);
  assert.deepEqual(await run("help", "chek"), {
    code: 2,
    out: "",
    err: 'keymate-guard: "chek" is not a command, did you mean check?; keymate-guard --help lists them\n',
  });
});

test("a URL of manifests that the API server would not take is refused", async () => {
  for (const url of ["http://x", "https://me@x", "https://:pw@x", "https://x/?a=b", "x"]) {
    const { code, err } = await run("manifests", "--url", url);
    assert.equal(code, 2, url);
    assert.match(err, /--url must be such as https:\/\/guard\.example:8443/);
    assert.doesNotMatch(err, /pw/);
  }
});
