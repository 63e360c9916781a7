import assert from "node:assert/strict";
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { eventually } from "../cluster/eventually.ts";
import { freePorts } from "../cluster/ports.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "keymate-guard-package-"));
const bin = join(folder, "node_modules", ".bin", "keymate-guard");

before(() => {
  const packed = npm(["pack", "--pack-destination", folder], ROOT);
  const tarball = packed.trim().split("\n").at(-1) ?? "";
  writeFileSync(join(folder, "package.json"), '{"private": true}');
  npm(
    ["install", "--no-audit", "--no-fund", "--engine-strict=false", join(folder, tarball)],
    folder,
  );
});

after(() => rmSync(folder, { recursive: true, force: true }));

function npm(args: readonly string[], cwd: string): string {
  return execFileSync("npm", args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
}

/** Runs the installed binary as a user would, in a folder that holds nothing of ours. */
function run(args: readonly string[], input = "", node = process.execPath) {
  return spawnSync(node, [bin, ...args], { cwd: folder, encoding: "utf8", input });
}

test("the installed package says its version and its commands", () => {
  const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
  assert.equal(run(["--version"]).stdout, `keymate-guard ${version}\n`);
  assert.match(run(["--help"]).stdout, /Usage: keymate-guard COMMAND/);
});

test("the installed package checks manifests from standard input", () => {
  const result = run(
    ["check", "-", "--namespace", "platform-data"],
    "apiVersion: v1\nkind: Pod\nmetadata: {name: db}\nspec: {containers: [{name: db, image: 'db:1'}]}\n",
  );
  assert.equal(result.status, 1, result.stderr);
  assert.match(
    result.stdout,
    /^<stdin>:\d+: enforce \[res-limits-required\] container db has no cpu limit/m,
  );
});

test("npx runs the package from its tarball beside a Node of its own, as the GitHub action does", () => {
  const { node } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")).devDependencies;
  const tarball = readdirSync(folder).find((name) => name.endsWith(".tgz")) ?? "";
  const packages = [`--package=${join(folder, tarball)}`, `--package=node@${node}`];
  const command = ["--yes", ...packages, "--", "keymate-guard", "check", "-", "--format", "github"];
  const result = spawnSync("npx", command, {
    cwd: folder,
    encoding: "utf8",
    input: "apiVersion: v1\nkind: Pod\nmetadata: {name: db, namespace: platform-data}\n",
  });
  assert.equal(result.status, 0, result.stderr);
  assert.match(result.stdout, /^1 object, 0 enforce/m);
});

test("the installed package plays the demo", () => {
  const result = run(["demo"]);
  assert.equal(result.status, 0, result.stderr);
  assert.match(result.stdout, /Error from server \(Forbidden\)/);
});

test("the installed package serves, and ends cleanly on SIGTERM", async () => {
  const [port = 0, opsPort = 0] = await freePorts(2);
  const child = spawn(
    process.execPath,
    [bin, "serve", "--port", `${port}`, "--ops-port", `${opsPort}`],
    { cwd: folder, stdio: "ignore" },
  );
  const exited = new Promise<number | null>((resolve) => child.once("exit", resolve));
  try {
    await eventually(async () => {
      const answer = await fetch(`http://127.0.0.1:${opsPort}/readyz`).catch(() => undefined);
      return answer?.ok;
    });
    assert.ok(existsSync(join(folder, "certs", "ca.crt")));
  } finally {
    child.kill("SIGTERM");
  }
  assert.equal(await exited, 0);
});

test("a Node that is too old gets one clear sentence and exit code 3", (context) => {
  const old = oldNode();
  if (old === undefined) return context.skip("no Node below 24 on this machine");
  const result = run(["--version"], "", old);
  assert.equal(result.status, 3);
  assert.match(result.stderr, /^keymate-guard needs Node 24 or newer, and this is v\d+[^\n]*\n$/);
  return undefined;
});

test("the package holds nothing but what runs", () => {
  const listed = execFileSync("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], {
    cwd: ROOT,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  const parsed = JSON.parse(listed);
  const [{ files }] = Array.isArray(parsed) ? parsed : Object.values(parsed);
  for (const { path } of files as { path: string }[]) {
    assert.match(path, /^(dist\/.*\.js|package\.json|README\.md|CHANGELOG\.md)$/);
  }
});

/** The first Node below 24 on the path, such as the system's own. */
function oldNode(): string | undefined {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  return folders
    .map((path) => join(path, "node"))
    .find((file) => {
      if (!existsSync(file)) return false;
      const version = spawnSync(file, ["--version"], { encoding: "utf8" }).stdout ?? "";
      return Number(version.slice(1).split(".")[0]) < 24;
    });
}
