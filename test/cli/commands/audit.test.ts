import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, suite, test } from "node:test";
import { fileURLToPath } from "node:url";
import { runProgram } from "../../../src/cli/program.ts";
import { reportSchema, sarifSchema } from "../../support/json-schema.ts";
import { captured } from "../support/captured-io.ts";

const EXAMPLES = fileURLToPath(new URL("../../../examples", import.meta.url));
const PLATFORM = join(EXAMPLES, "platform");
const BROKEN = join(EXAMPLES, "broken", "60-identity-provider.yaml");

const folder = mkdtempSync(join(tmpdir(), "keymate-guard-audit-"));
after(() => rmSync(folder, { recursive: true, force: true }));

async function run(...argv: readonly string[]) {
  const { io, out, err } = captured();
  return { code: await runProgram(["audit", ...argv], io), out: out(), err: err() };
}

function file(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const NAMESPACES = readFileSync(join(EXAMPLES, "broken", "00-namespaces.yaml"), "utf8");
const dump = file("dump.yaml", `${NAMESPACES}\n---\n${readFileSync(BROKEN, "utf8")}`);

for (const [what, from] of [
  ["the platform", PLATFORM],
  ["a broken component", dump],
] as const) {
  test(`JSON and SARIF of an audit of ${what} follow their schemas`, async () => {
    const json = await run("--from", from, "--format", "json");
    const report = JSON.parse(json.out) as { readonly readiness: readonly unknown[] };
    assert.ok(report.readiness.length > 0);
    reportSchema()(report);
    const sarif = await run("--from", from, "--format", "sarif");
    sarifSchema()(JSON.parse(sarif.out));
  });
}

test("the text ends in the validation scenario and a summary", async () => {
  const { code, out } = await run("--from", PLATFORM);
  assert.equal(code, 0);
  assert.match(out, /\n\nIs it ready for production\?\n {2}pass {12}All critical components run/);
  assert.match(
    out,
    /\n\n\d+ objects, 0 enforce, 0 warn, \d+ audit, 3 not verified: not-verified\n$/,
  );
});

test("the JSON has the lines as readiness, and two runs differ in their time only", async () => {
  const once = JSON.parse((await run("--from", PLATFORM, "--format", "json")).out);
  const again = JSON.parse((await run("--from", PLATFORM, "--format", "json")).out);
  assert.equal(once.door, "audit");
  assert.equal(once.readiness.length, 7);
  assert.deepEqual({ ...once, generatedAt: "" }, { ...again, generatedAt: "" });
});

test("the exit code is 1 for findings at or above --fail-on", async () => {
  assert.equal((await run("--from", dump)).code, 1);
  assert.equal((await run("--from", dump, "--fail-on", "never")).code, 0);
  assert.equal((await run("--from", dump, "--mode", "warn")).code, 0);
  assert.equal((await run("--from", dump, "--mode", "warn", "--fail-on", "warn")).code, 1);
});

test("no secret value is told", async () => {
  const { out } = await run("--from", dump);
  assert.match(out, /secret-env-literal/);
  assert.doesNotMatch(out, /correct-horse-battery/);
});

test("--format html draws where components sit, and the others stay as they are", async () => {
  const html = (await run("--from", PLATFORM, "--format", "html")).out;
  assert.match(html, /^<!doctype html>/i);
  assert.match(html, /keycloak/);
  const json = JSON.parse((await run("--from", PLATFORM, "--format", "json")).out);
  assert.equal(json.inventory, undefined);
  for (const format of ["sarif", "junit", "github"]) {
    assert.match((await run("--from", PLATFORM, "--format", format)).out, /backup-recent/, format);
  }
});

test("Secrets of a dump are judged where somebody asks for it, without a value", async () => {
  const secret = file(
    "secret.yaml",
    `${NAMESPACES}\n---\napiVersion: v1\nkind: Secret\nmetadata: {name: old, namespace: platform-data, creationTimestamp: "2020-01-01T00:00:00Z"}\nstringData: {password: correct-horse}\n`,
  );
  const silent = (await run("--from", secret)).out;
  assert.match(silent, /not verified: \[secret-rotation\] Secrets are only listed where/);
  const asked = (await run("--from", secret, "--read-secret-metadata")).out;
  assert.match(asked, /\[secret-rotation\] Secret old was last renewed/);
  assert.doesNotMatch(asked, /correct-horse/);
});

test("--output takes the report, and standard output stays empty", async () => {
  const path = join(folder, "report.json");
  const { out } = await run("--from", PLATFORM, "--format", "json", "--output", path);
  assert.equal(out, "");
  assert.equal(JSON.parse(readFileSync(path, "utf8")).kind, "Report");
});

suite("one sentence for", () => {
  const kubeconfig = file("kubeconfig", "apiVersion: v1\nkind: Config\nclusters: []\n");
  for (const [what, code, pattern, ...argv] of [
    [
      "a dump that is not there",
      3,
      /--from \/nowhere cannot be used: .* does not exist/,
      "--from",
      "/nowhere",
    ],
    [
      "a dump that is broken",
      3,
      /cannot be used: .*:1: this is not valid JSON/,
      "--from",
      file("a.json", "{,}"),
    ],
    [
      "a dump of nothing",
      3,
      /cannot be used: it holds no objects/,
      "--from",
      file("b.json", '{"kind":"List","items":[]}'),
    ],
    [
      "a dump beside a cluster",
      2,
      /--kubeconfig names a cluster, but --from/,
      "--from",
      dump,
      "--kubeconfig",
      kubeconfig,
    ],
    [
      "a dump beside a context",
      2,
      /--context names a cluster, but --from/,
      "--from",
      dump,
      "--context",
      "x",
    ],
    [
      "a kubeconfig that is not there",
      3,
      /kubeconfig \/nowhere cannot be read/,
      "--kubeconfig",
      "/nowhere",
    ],
    ["a kubeconfig without a context", 3, /context/, "--kubeconfig", kubeconfig],
    [
      "a namespace that is not there",
      2,
      /there is no namespace nowhere/,
      "--from",
      dump,
      "--namespace",
      "nowhere",
    ],
    ["a format that does not exist", 2, /--format/, "--format", "pdf"],
    ["a mode that does not exist", 2, /--mode/, "--mode", "off"],
    ["a limit that does not exist", 2, /--fail-on/, "--fail-on", "sometimes"],
    ["an unknown flag", 2, /--form\b.*did you mean/, "--form", "x"],
    ["an argument", 2, /unexpected argument/, "cluster"],
    [
      "a policy that is not there",
      3,
      /policy file \/nowhere cannot be read/,
      "--from",
      dump,
      "--policy",
      "/nowhere",
    ],
    [
      "an output that cannot be written",
      3,
      /--output \/nowhere\/x cannot be written/,
      "--from",
      dump,
      "--output",
      "/nowhere/x",
    ],
  ] as const) {
    test(what, async () => {
      const result = await run(...argv);
      assert.equal(result.code, code, result.err);
      assert.match(result.err, pattern);
      assert.equal(result.out, "");
      assert.equal(result.err.trim().split("\n").length, 1);
    });
  }

  test("each of several flaws of a dump", async () => {
    const broken = file("c.yaml", "a: 1\n---\nb: 2\n");
    const { code, err } = await run("--from", broken);
    assert.equal(code, 3);
    assert.match(err, /it has 2 flaws\n {2}.*c\.yaml:1: .*\n {2}.*c\.yaml:2: /);
  });
});
