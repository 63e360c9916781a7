import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, readFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { test } from "node:test";
import { parse } from "yaml";
import { COMMANDS } from "../../src/cli/commands.ts";
import { CHECK_SETTINGS } from "../../src/config/settings-check.ts";
import { Folder } from "../adapters/files/workspace.ts";
import { sarifSchema } from "../support/json-schema.ts";

const ROOT = join(import.meta.dirname, "../..");
const BROKEN =
  "apiVersion: v1\nkind: Pod\nmetadata: {name: db}\nspec: {containers: [{name: db, image: 'db:1'}]}\n";
const PACKAGE = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));

interface Action {
  readonly inputs: Readonly<Record<string, { readonly default: string }>>;
  readonly runs: {
    readonly steps: readonly [
      { readonly run: string; readonly env: Readonly<Record<string, string>> },
    ];
  };
}

interface Job {
  readonly variables: { readonly GUARD: string };
  readonly script: readonly string[];
  readonly artifacts: { readonly reports: Readonly<Record<string, string>> };
}

function read<T>(path: string): T {
  return parse(readFileSync(join(ROOT, path), "utf8")) as T;
}

/** A folder of manifests in which `npx … keymate-guard ARGS` is the binary of this checkout. */
class Repository extends Folder {
  constructor() {
    super();
    const npx = this.write(
      "bin/npx",
      `#!/bin/sh\nwhile [ "\${1%%@*}" != keymate-guard ]; do shift; done\nshift\nexec "${process.execPath}" "${join(ROOT, "src/main.ts")}" "$@"\n`,
    );
    chmodSync(npx, 0o755);
    this.write("k8s/pod db.yaml", BROKEN);
  }

  bash(script: string, env: Readonly<Record<string, string>>) {
    const path = [join(this.path, "bin"), dirname(process.execPath), process.env.PATH].join(
      delimiter,
    );
    const result = spawnSync("bash", ["-e", "-c", script], {
      cwd: this.path,
      encoding: "utf8",
      env: { ...process.env, ...env, PATH: path },
    });
    return { code: result.status, out: result.stdout, err: result.stderr };
  }
}

const action = read<Action>("action.yml");

/** As the runner does: inputs into the environment, the script by bash. */
function runAction(repository: Repository, given: Readonly<Record<string, string>>) {
  const [{ run, env }] = action.runs.steps;
  const values = Object.entries(env).map(([name, value]): [string, string] => {
    const input = /^\$\{\{ inputs\.([a-z-]+) \}\}$/.exec(value)?.[1] ?? "";
    assert.ok(Object.hasOwn(action.inputs, input), value);
    return [name, given[input] ?? String(action.inputs[input]?.default)];
  });
  return repository.bash(run, Object.fromEntries(values));
}

test("the GitHub action names the version of this package and the Node that it is tested with", () => {
  assert.equal(action.inputs["version"]?.default, PACKAGE.version);
  assert.ok(action.runs.steps[0].run.includes(`node@${PACKAGE.devDependencies.node}`));
});

test("the GitHub action annotates the lines, writes SARIF, and fails as the exit code says", () => {
  using repository = new Repository();
  const given = { paths: "k8s/pod db.yaml\n", namespace: "platform-data", sarif: "out.sarif" };
  const { code, out, err } = runAction(repository, given);
  assert.deepEqual([code, err], [1, ""]);
  assert.match(out, /^::error file=k8s\/pod db\.yaml,line=4,col=\d+,title=res-limits-required::/m);
  const sarif = JSON.parse(readFileSync(join(repository.path, "out.sarif"), "utf8"));
  sarifSchema()(sarif);
  assert.ok(sarif.runs[0].results.length > 0);
});

test("the GitHub action passes on policy, mode and threshold, and nothing that it was not given", () => {
  using repository = new Repository();
  assert.equal(runAction(repository, { "fail-on": "never" }).code, 0);
  assert.equal(runAction(repository, { mode: "warn", namespace: "platform-data" }).code, 0);
  assert.ok(!existsSync(join(repository.path, "out.sarif")));
  const { code, err } = runAction(repository, { policy: "no such.yaml" });
  assert.deepEqual(code, 3);
  assert.match(err, /no such\.yaml/);
});

test("no input of the GitHub action is read as shell", () => {
  using repository = new Repository();
  const evil = "k8s; touch gotcha; $(touch gotcha) `touch gotcha`";
  const { code } = runAction(repository, { paths: evil, namespace: evil, policy: evil });
  assert.equal(code, 3);
  assert.ok(!existsSync(join(repository.path, "gotcha")));
});

test("the pre-commit hooks start commands and settings that exist", () => {
  const hooks =
    read<{ id: string; entry: string; language: string; args: string[] }[]>(
      ".pre-commit-hooks.yaml",
    );
  assert.deepEqual(
    hooks.map(({ id }) => id),
    ["keymate-guard-check", "keymate-guard-fix"],
  );
  for (const { entry, language, args } of hooks) {
    const [binary, command, ...flags] = entry.split(" ");
    assert.deepEqual([binary, language], [Object.keys(PACKAGE.bin)[0], "node"]);
    assert.ok(COMMANDS.some(({ name }) => name === command));
    for (const flag of flags) assert.ok(Object.hasOwn(CHECK_SETTINGS, flag.slice(2)), flag);
    using repository = new Repository();
    const { code, out } = repository.bash(`npx ${entry} ${args.join(" ")}`, {});
    assert.equal(code, 0, out);
    assert.match(out, /^k8s\/pod db\.yaml:4: audit /m);
  }
});

test("the GitLab job writes the reports that it uploads, and fails as the exit code says", () => {
  using repository = new Repository();
  const { variables, script, artifacts } = read<{ manifests: Job }>("docs/gitlab-ci.yml").manifests;
  assert.ok(variables.GUARD.includes(`keymate-guard@${PACKAGE.version} `));
  const env = { GUARD: `${variables.GUARD} --namespace platform-data` };
  const { code, err } = repository.bash(script.join("\n"), env);
  assert.deepEqual([code, err], [1, ""]);
  const { junit = "", codequality = "" } = artifacts.reports;
  assert.match(readFileSync(join(repository.path, junit), "utf8"), /<failure type="enforce"/);
  const issues = JSON.parse(readFileSync(join(repository.path, codequality), "utf8"));
  const fingerprints = new Set(issues.map((issue: { fingerprint: string }) => issue.fingerprint));
  assert.equal(fingerprints.size, issues.length);
  for (const { location } of issues) assert.equal(location.path, "k8s/pod db.yaml");
  assert.ok(issues.some(({ severity }: { severity: string }) => severity === "major"));
});
