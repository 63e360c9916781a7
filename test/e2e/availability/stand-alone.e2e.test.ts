import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { eventually } from "../../cluster/eventually.ts";
import { freePorts } from "../../cluster/ports.ts";
import { seconds } from "./support/watching.ts";

const MAIN = fileURLToPath(new URL("../../../src/main.ts", import.meta.url));
const dir = mkdtempSync(join(tmpdir(), "keymate-guard-"));

after(() => rmSync(dir, { recursive: true, force: true }));

interface Started {
  readonly child: ChildProcess;
  readonly port: number;
  readonly opsPort: number;
  readonly output: { stdout: string; stderr: string };
  readonly exited: Promise<number | null>;
}

async function start(t: TestContext, ...args: readonly string[]): Promise<Started> {
  const [port = 0, opsPort = 0] = await freePorts(2);
  const ports = ["--port", `${port}`, "--ops-port", `${opsPort}`];
  const certs = ["--cert-dir", join(dir, "certs")];
  const child = spawn(process.execPath, [MAIN, "serve", ...ports, ...certs, ...args], { cwd: dir });
  // Not "exit": what it wrote last may still be on its way then.
  const exited = once(child, "close").then(([code]) => code as number | null);
  t.after(async () => {
    child.kill("SIGKILL");
    await exited;
  });
  const output = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (text: string) => {
      output[name] += text;
    });
  }
  return { child, port, opsPort, output, exited };
}

async function untilReady({ opsPort, output }: Started): Promise<string> {
  return await eventually(async () => {
    const answer = await fetch(`http://127.0.0.1:${opsPort}/readyz?verbose`).catch(() => undefined);
    return answer?.status === 200 && output.stdout.includes("curl") ? answer.text() : undefined;
  }, 30_000);
}

function readOnly(): string {
  // Permissions do not bind root, but there is a file system that makes no folders for anybody.
  if (process.getuid?.() === 0) return "/sys/keymate-guard";
  const path = join(dir, "read-only");
  if (!existsSync(path)) mkdirSync(path);
  chmodSync(path, 0o500);
  return join(path, "certs");
}

function belowAFile(): string {
  writeFileSync(join(dir, "file"), "");
  return join(dir, "file", "certs");
}

const unusable = {
  "a folder that may not be written": readOnly,
  "a path below a file": belowAFile,
};

for (const [what, make] of Object.entries(unusable)) {
  test(`certificates in ${what} are kept in memory, and it says so`, async (t) => {
    const guard = await start(t, "--cert-dir", make());
    const state = await untilReady(guard);
    assert.match(state, /\[\+\]certificate ok: .*kept in memory only: .* cannot be used/);
    assert.match(guard.output.stdout, /CA certificate: in memory only \(/);
    assert.match(guard.output.stdout, /curl -sS --insecure/);
    guard.child.kill("SIGTERM");
    assert.equal(await guard.exited, 0);
    assert.equal(guard.output.stderr.split("kept in memory only").length, 2, "one warning");
  });
}

for (const flag of ["--port", "--ops-port"]) {
  for (const drain of ["0s", "10s"]) {
    test(`${flag} in use, drain ${drain}: one sentence, exit code 3, at once`, async (t) => {
      const taken = createServer();
      t.after(() => taken.close());
      await once(taken.listen(0, "127.0.0.1"), "listening");
      const { port } = taken.address() as { port: number };
      const since = performance.now();
      const guard = await start(t, flag, `${port}`, "--drain", drain, "--log-level", "error");
      assert.equal(await guard.exited, 3);
      const took = performance.now() - since;
      t.diagnostic(`ended after ${seconds(since)}`);
      assert.equal(guard.output.stdout, "");
      assert.match(
        guard.output.stderr,
        new RegExp(
          `^.*cannot listen on 127\\.0\\.0\\.1 port ${port}: the port is in use; choose another by ${flag}\\n$`,
        ),
      );
      assert(took < 8_000, "nobody is drained who never came");
    });
  }
}

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  test(`${signal} ends it at once with exit code 0`, async (t) => {
    const guard = await start(t);
    await untilReady(guard);
    const since = performance.now();
    guard.child.kill(signal);
    assert.equal(await guard.exited, 0);
    t.diagnostic(`ended after ${seconds(since)}`);
  });
}

test("SIGTERM drains as long as it was told to, a second one ends that with exit code 1", async (t) => {
  const guard = await start(t, "--drain", "60s");
  await untilReady(guard);
  guard.child.kill("SIGTERM");
  await eventually(async () => {
    const answer = await fetch(`http://127.0.0.1:${guard.opsPort}/readyz`).catch(() => undefined);
    return answer?.status === 503;
  });
  assert.equal((await fetch(`http://127.0.0.1:${guard.opsPort}/livez`)).status, 200);
  assert.equal(guard.child.exitCode, null);
  const since = performance.now();
  guard.child.kill("SIGTERM");
  assert.equal(await guard.exited, 1);
  t.diagnostic(`ended ${seconds(since)} after the second`);
});

test("SIGTERM before anything is served ends it at once with exit code 0", async (t) => {
  const empty = join(dir, "nothing-yet");
  mkdirSync(empty);
  const files = ["--cert-source", "files", "--cert-dir", empty];
  const guard = await start(t, ...files, "--drain", "10s");
  await eventually(async () => {
    const url = `http://127.0.0.1:${guard.opsPort}/readyz`;
    const answer = await fetch(url).catch(() => undefined);
    return (await answer?.text())?.includes("waiting for tls.crt and tls.key");
  }, 30_000);
  const since = performance.now();
  guard.child.kill("SIGTERM");
  assert.equal(await guard.exited, 0);
  const took = performance.now() - since;
  t.diagnostic(`ended after ${seconds(since)}`);
  assert(took < 8_000, "nobody is drained who never came");
});
