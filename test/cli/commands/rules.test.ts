import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { stripVTControlCharacters } from "node:util";
import { runProgram } from "../../../src/cli/program.ts";
import { EXAMPLES } from "../../../src/cli/rules/examples.ts";
import { policySnippets } from "../../../src/cli/rules/policy-snippet.ts";
import { loadPolicy } from "../../../src/config/load-policy.ts";
import { RULES } from "../../../src/rules/index.ts";
import { captured } from "../support/captured-io.ts";

const DOCS = join(import.meta.dirname, "../../../docs/rules");
const DAY = /until: \d{4}-\d\d-\d\d/;

async function run(...argv: readonly string[]) {
  const { io, out, err } = captured();
  return { code: await runProgram(["rules", ...argv], io), out: out(), err: err() };
}

test("the page of a rule fits 80 columns but for what is meant to be copied", async () => {
  for (const { id } of RULES) {
    const { code, out } = await run(id);
    assert.equal(code, 0, id);
    for (const line of out.split("\n")) {
      const isOneWord = !line.trim().includes(" ");
      assert.ok(line.length <= 80 || line.startsWith("    ") || isOneWord, `${id}: ${line}`);
    }
  }
});

test("the page of a rule has its examples, its exact message and its parameters", async () => {
  const { out } = await run("ha-min-replicas");
  const flat = out.replaceAll(/\s+/g, " ");
  const { bad, good } = EXAMPLES["ha-min-replicas"] ?? {};
  assert.equal(bad?.messages.length, 1);
  for (const message of bad?.messages ?? []) assert.ok(flat.includes(message));
  for (const line of (good ?? "").trimEnd().split("\n")) assert.ok(out.includes(`    ${line}\n`));
  assert.match(out, /^ {2}graceMinutes \(integer, default 10\)$/m);
  assert.match(out, /^Speaks at +admission, audit, check$/m);
});

test("headings are bold on a terminal only", async () => {
  const plain = await run("res-zero");
  assert.ok(!plain.out.includes("\u001b"));
  const { io, out } = captured({ FORCE_COLOR: "1" });
  assert.equal(await runProgram(["rules", "res-zero"], io), 0);
  assert.ok(out().includes("\u001b[1mParameters\u001b[0m"));
  assert.equal(stripVTControlCharacters(out()), plain.out);
});

test("the Markdown of a rule is its page of the docs", async () => {
  for (const id of ["ha-min-replicas", "label-default", "file-parse"]) {
    const { out } = await run(id, "--format", "markdown");
    const page = readFileSync(join(DOCS, `${id}.md`), "utf8").replace(/^<!--.*-->\n\n/, "");
    assert.equal(out.replace(DAY, "until: D"), page.replace(DAY, "until: D"));
  }
});

test("the JSON of a rule is what the list says of it, with examples and policy", async () => {
  const list = JSON.parse((await run("--format", "json")).out) as { id: string }[];
  assert.deepEqual(
    list.map(({ id }) => id),
    RULES.map(({ id }) => id),
  );
  const { examples, policy, ...facts } = JSON.parse((await run("res-zero", "--format=json")).out);
  assert.deepEqual(
    facts,
    list.find(({ id }) => id === "res-zero"),
  );
  assert.deepEqual(examples, EXAMPLES["res-zero"]);
  assert.match(policy.override, DAY);
});

test("the policy snippets of every rule are policies without a mistake", () => {
  const now = Date.UTC(2026, 0, 1);
  for (const rule of RULES) {
    const { everywhere, override } = policySnippets(rule, "2026-04-01");
    for (const text of [everywhere, override]) {
      const loaded = loadPolicy({ text, source: "p.yaml", rules: RULES, now });
      assert.ok(loaded.ok, `${rule.id}: ${JSON.stringify(loaded)}`);
      assert.deepEqual(loaded.warnings, [], rule.id);
    }
  }
});

test("the list can be cut down to one practice, in every form", async () => {
  const backup = RULES.filter(({ practice }) => practice === "backup").map(({ id }) => id);
  const { out } = await run("--practice", "backup");
  assert.deepEqual(
    out.match(/^ {2}[\w-]+/gm)?.map((id) => id.trim()),
    backup,
  );
  const json = JSON.parse((await run("--practice", "backup", "--format", "json")).out);
  assert.deepEqual(
    json.map(({ id }: { id: string }) => id),
    backup,
  );
});

test("an unknown rule, or a filter beside one, is exit code 2 and names the way out", async () => {
  assert.deepEqual(await run("res-zeroo"), {
    code: 2,
    out: "",
    err: 'keymate-guard: there is no rule "res-zeroo", did you mean res-zero?; keymate-guard rules lists them\n',
  });
  const { code, err } = await run("res-zero", "--practice", "backup");
  assert.equal(code, 2);
  assert.match(err, /^keymate-guard: --practice filters the list, but res-zero asks for one rule/);
});
