import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { COMMANDS } from "../../src/cli/commands.ts";
import { MANUALS } from "../../src/cli/manuals.ts";
import { runProgram } from "../../src/cli/program.ts";
import { variableOf } from "../../src/config/setting-names.ts";
import { captured } from "./support/captured-io.ts";

const ROOT = join(import.meta.dirname, "../..");

async function helpOf(...argv: readonly string[]) {
  const { io, out } = captured();
  assert.equal(await runProgram([...argv, "--help"], io), 0);
  return out();
}

test("the help of every command is a manual: variables, exit codes, examples, what to see", async () => {
  for (const { name, table, actions = [] } of COMMANDS) {
    const text = await helpOf(name);
    assert.equal(text, await helpOf("help", name));
    for (const key of Object.keys(table))
      assert.ok(text.includes(variableOf(key)), `${name} ${key}`);
    for (const action of actions) assert.ok(text.includes(`  ${action.name} `), action.name);
    for (const part of ["Exit codes:\n  0  ", "Examples:\n  # ", "See also:\n  "]) {
      assert.ok(text.includes(part), `${name}: ${part}`);
    }
    const examples = MANUALS[name as keyof typeof MANUALS].examples.flatMap(({ line }) =>
      line.split("\n"),
    );
    for (const line of text.split("\n")) {
      assert.ok(line.length <= 80 || examples.includes(line.trim()), `${name}: ${line}`);
    }
  }
});

test("help fits a terminal that is narrower", async () => {
  const { io, out } = captured();
  const stdout = { ...io.stdout, isTerminal: true, columns: 60 };
  assert.equal(await runProgram(["demo", "--help"], { ...io, stdout }), 0);
  const text = out().replace(/^ +--log-\S+ \S+$/gm, "");
  for (const line of text.split("\n")) assert.ok(line.length <= 60, line);
});

test("the man page has no mistakes that mandoc finds", (context) => {
  const page = join(ROOT, "docs/man/keymate-guard.1");
  const { error, stdout } = spawnSync("mandoc", ["-Tlint", "-Wwarning", page], {
    encoding: "utf8",
  });
  if (error !== undefined) return context.skip("no mandoc here");
  assert.equal(stdout.replace(/.*missing date.*\n/, ""), "");
});
