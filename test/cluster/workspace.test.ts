import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { eventually } from "./eventually.ts";
import { untilReady, Workspace } from "./workspace.ts";

const SLEEP = { name: "sleep", file: "sleep", args: ["600"] };

function newWorkspace(t: TestContext): Workspace {
  const workspace = new Workspace();
  t.after(() => workspace.stop());
  return workspace;
}

/** A dead orphan stays a zombie until the machine's first process collects it. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    const stat = `/proc/${pid}/stat`;
    return !existsSync(stat) || !readFileSync(stat, "utf8").includes(") Z ");
  } catch {
    return false;
  }
}

/** What another node process leaves when it starts a child and never stops it. */
async function leftBehind(ending: string): Promise<{ dir: string; pid: number }> {
  const script = `
    const { Workspace } = await import(${JSON.stringify(join(import.meta.dirname, "workspace.ts"))});
    const workspace = new Workspace();
    const { pid } = await workspace.start(${JSON.stringify(SLEEP)});
    console.log(JSON.stringify({ dir: workspace.dir, pid }));
    ${ending}`;
  const args = ["--input-type=module", "--eval", script];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = await once(child.stdout, "data");
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  return JSON.parse(String(line));
}

for (const [how, ending] of [
  ["runs to its end", ""],
  ["is interrupted", "process.kill(process.pid, 'SIGINT')"],
  ["is killed", "process.kill(process.pid, 'SIGKILL')"],
] as const) {
  test(`a workspace leaves nothing behind when its process ${how}`, async () => {
    const { dir, pid } = await leftBehind(ending);
    await eventually(async () => !isAlive(pid) && !existsSync(dir));
  });
}

test("a stopped workspace has ended its processes and removed its folder", async () => {
  const workspace = new Workspace();
  const { pid } = await workspace.start(SLEEP);
  assert.equal(isAlive(pid), true);
  await workspace.stop();
  assert.equal(isAlive(pid), false);
  assert.equal(existsSync(workspace.dir), false);
});

test("a paused process can be stopped", async (t) => {
  const running = await newWorkspace(t).start(SLEEP);
  process.kill(running.pid, "SIGSTOP");
  await running.stop();
  assert.equal(running.running(), false);
});

test("a process that ends while starting is told with its log", async (t) => {
  const args = ["-c", "echo bad flag >&2; exit 1"];
  const running = await newWorkspace(t).start({ name: "server", file: "sh", args });
  const ready = untilReady(running, async () => false);
  await assert.rejects(ready, /server ended while starting:\nbad flag/);
});

test("a process that is never ready is told with its log", async (t) => {
  const running = await newWorkspace(t).start(SLEEP);
  const ready = untilReady(running, async () => false, 100);
  await assert.rejects(ready, /sleep was not ready within 0\.1 s/);
});
