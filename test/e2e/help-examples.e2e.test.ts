import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import type { Example } from "../../src/cli/manual.ts";
import { MANUALS } from "../../src/cli/manuals.ts";

const ROOT = join(import.meta.dirname, "../..");
const folder = mkdtempSync(join(tmpdir(), "keymate-guard-examples-"));
after(() => rmSync(folder, { recursive: true, force: true }));

test("every example of the help runs as it is pasted", async () => {
  furnish();
  for (const { examples } of Object.values(MANUALS)) {
    for (const example of examples) await play(example);
  }
});

/** What a reader has: manifests, a policy, a dump, and the programs that the examples name. */
function furnish(): void {
  const bin = join(folder, "bin");
  mkdirSync(bin);
  cpSync(join(ROOT, "examples/platform"), join(folder, "deploy"), { recursive: true });
  const { stdout } = guard(["policy", "show"]);
  writeFileSync(join(folder, "policy.yaml"), stdout);
  const namespace = { apiVersion: "v1", kind: "Namespace", metadata: { name: "platform-data" } };
  const dump = { apiVersion: "v1", kind: "List", items: [namespace] };
  writeFileSync(join(folder, "dump.yaml"), JSON.stringify(dump));
  program(bin, "keymate-guard", `exec "${process.execPath}" "${ROOT}/src/main.ts" "$@"`);
  // What they print and take is what counts here, not how they work.
  program(
    bin,
    "helm",
    "find deploy -name '*.yaml' | while read -r file; do echo ---; cat \"$file\"; done",
  );
  program(bin, "kubectl", "cat > applied.yaml && grep -q WebhookConfiguration applied.yaml");
}

function program(bin: string, name: string, body: string): void {
  writeFileSync(join(bin, name), `#!/bin/sh\n${body}\n`);
  chmodSync(join(bin, name), 0o755);
}

function guard(argv: readonly string[]) {
  return spawnSync(process.execPath, [join(ROOT, "src/main.ts"), ...argv], { encoding: "utf8" });
}

const environment = () => ({
  PATH: `${folder}/bin:${process.env["PATH"] ?? ""}`,
  HOME: folder,
  // Free ports: other guards may run here.
  KEYMATE_GUARD_PORT: "0",
  KEYMATE_GUARD_OPS_PORT: "0",
});

async function play({ line, needs }: Example): Promise<void> {
  if (needs === "a stop signal") {
    const child = spawn("bash", ["-c", `exec ${line}`], { cwd: folder, env: environment() });
    await once(child.stdout, "data");
    child.kill("SIGTERM");
    assert.deepEqual(await once(child, "exit"), [0, null], line);
    return;
  }
  const { status, stderr } = spawnSync("bash", ["-c", `set -e\n${line}`], {
    cwd: folder,
    env: environment(),
    encoding: "utf8",
  });
  assert.equal(status, needs === "a cluster" ? 3 : 0, `${line}\n${stderr}`);
  if (needs === "a cluster") assert.match(stderr, /kubeconfig|cluster/, line);
}
