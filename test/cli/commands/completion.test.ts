import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, suite, test } from "node:test";
import { COMMANDS } from "../../../src/cli/commands.ts";
import { runProgram } from "../../../src/cli/program.ts";
import { flagOf } from "../../../src/config/setting-names.ts";
import { GLOBAL_SETTINGS } from "../../../src/config/settings-global.ts";
import { RULES } from "../../../src/rules/index.ts";
import { captured } from "../support/captured-io.ts";
import { SHELLS } from "../support/completing-shells.ts";

const folder = mkdtempSync(join(tmpdir(), "keymate-guard-completion-"));
after(() => rmSync(folder, { recursive: true, force: true }));
mkdirSync(join(folder, "deploy"));
writeFileSync(join(folder, "a manifest.yaml"), "");
writeFileSync(join(folder, "policy.yaml"), "");

async function scriptFor(shell: string): Promise<string> {
  const { io, out, err } = captured();
  assert.equal(await runProgram(["completion", shell], io), 0, err());
  return out();
}

const NAMES = [...COMMANDS.map(({ name }) => name), "help"];
const PATHS = ["a manifest.yaml", "deploy/", "policy.yaml"];
const idsFrom = (start: string) => RULES.map(({ id }) => id).filter((id) => id.startsWith(start));
const flagsOf = (name: string) =>
  Object.keys({ ...COMMANDS.find((one) => one.name === name)?.table, ...GLOBAL_SETTINGS })
    .map(flagOf)
    .sort();

/** What was typed up to the cursor, and everything that a shell may offer there. */
const SITUATIONS: readonly (readonly [typed: string, offered: readonly string[]])[] = [
  ["keymate-guard ", NAMES],
  ["keymate-guard po", ["policy"]],
  ["keymate-guard check --", flagsOf("check")],
  ["keymate-guard serve --cert-", ["--cert-dir", "--cert-source"]],
  ["keymate-guard check --fail-on ", ["audit", "enforce", "never", "warn"]],
  ["keymate-guard check --format j", ["json", "junit"]],
  ["keymate-guard check --fix ", PATHS],
  ["keymate-guard check deploy --output pol", ["policy.yaml"]],
  ["keymate-guard check p", ["policy.yaml"]],
  ["keymate-guard certs inspect --cert-dir ", ["deploy/"]],
  ["keymate-guard serve --manage-webhooks ", ["false", "true"]],
  ["keymate-guard serve --port ", []],
  ["keymate-guard serve ", []],
  ["keymate-guard rules pdb-", idsFrom("pdb-")],
  ["keymate-guard rules --format markdown pdb-u", ["pdb-unhealthy-policy"]],
  ["keymate-guard rules res-zero ", []],
  ["keymate-guard rules --practice sec", ["secrets"]],
  ["keymate-guard policy ", ["schema", "show", "validate"]],
  ["keymate-guard policy validate ", PATHS],
  ["keymate-guard policy schema ", []],
  ["keymate-guard completion z", ["zsh"]],
  ["keymate-guard help aud", ["audit"]],
];

for (const shell of SHELLS) {
  const skip = spawnSync(shell.name, ["-c", "true"]).status === 0 ? false : `no ${shell.name} here`;
  suite(`completion in ${shell.name}`, { skip }, async () => {
    const script = await scriptFor(shell.name);

    test("offers what may stand at the cursor, and nothing else", () => {
      const lines = SITUATIONS.map(([typed]) => typed);
      const offered = shell.complete(script, lines, folder);
      for (const [at, [typed, expected]] of SITUATIONS.entries()) {
        // zsh names a folder twice, and the flags where nothing else may stand.
        const words = [...new Set(offered[at])].filter(
          (word) => expected.length > 0 || !word.startsWith("--"),
        );
        assert.deepEqual(words.sort(), [...expected].sort(), typed);
      }
    });

    test("offers values behind an equals sign too", () => {
      const lines = ["keymate-guard check --format=j", "keymate-guard check --mode=w"];
      const bare = shell
        .complete(script, lines, folder)
        .map((words) => words.map((word) => word.replace(/^--\w+=/, "")).sort());
      assert.deepEqual(bare, [["json", "junit"], ["warn"]]);
    });
  });
}

test("a shell that is missing or unknown is exit code 2 and names those there are", async () => {
  const run = async (...argv: readonly string[]) => {
    const { io, err } = captured();
    return { code: await runProgram(["completion", ...argv], io), err: err() };
  };
  const known = "keymate-guard: name a shell: completion bash, zsh or fish";
  assert.deepEqual(await run(), { code: 2, err: `${known}\n` });
  assert.deepEqual(await run("fsih"), {
    code: 2,
    err: `${known}, not "fsih", did you mean fish?\n`,
  });
});
