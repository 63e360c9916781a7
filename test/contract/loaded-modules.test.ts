import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { Folder } from "../adapters/files/workspace.ts";

const ROOT = join(import.meta.dirname, "../..");
const TRACER = pathToFileURL(join(ROOT, "test/support/trace-modules.ts")).href;

/** Packages that a run loads, and folders of `src/adapters`. */
function loadedBy(args: readonly string[]) {
  using folder = new Folder();
  const trace = folder.write("trace", "");
  const command = ["--import", TRACER, join(ROOT, "src/main.ts"), ...args];
  const env = { ...process.env, TRACE_MODULES: trace };
  const { status, stderr } = spawnSync(process.execPath, command, { encoding: "utf8", env });
  assert.equal(status, 0, stderr);
  const text = readFileSync(trace, "utf8");
  const named = (pattern: RegExp) =>
    [...new Set([...text.matchAll(pattern)].map(([, name]) => name))].sort();
  return {
    packages: named(/\/node_modules\/((?:@[^/\n]+\/)?[^/\n]+)\//g),
    adapters: named(/\/src\/adapters\/([^/\n]+)\//g),
  };
}

test("check loads no Kubernetes client, no server and nothing else that it does not need", () => {
  for (const format of ["text", "json", "sarif", "junit", "github"]) {
    const { packages, adapters } = loadedBy([
      ...["check", join(ROOT, "examples/platform"), "--format", format],
    ]);
    assert.deepEqual(packages, ["fast-json-patch", "yaml", "zod"]);
    assert.deepEqual(adapters, ["files", "output"]);
  }
});

test("a trace names the packages of a command that needs more", () => {
  assert.ok(loadedBy(["certs", "generate", "--help"]).packages.length > 0);
});
