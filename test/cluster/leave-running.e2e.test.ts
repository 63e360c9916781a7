import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { eventually } from "./eventually.ts";

const SCRIPT = fileURLToPath(new URL("leave-running.ts", import.meta.url));

interface Shown {
  readonly code: number;
  readonly text: string;
}

function shell(command: string): Promise<Shown> {
  return new Promise((resolve) => {
    execFile("sh", ["-c", command], (error, stdout, stderr) =>
      resolve({ code: Number(error?.code ?? 0), text: stdout + stderr }),
    );
  });
}

test("a cluster to play with: what it prints works, and Ctrl-C leaves nothing", async (t) => {
  const child = spawn(process.execPath, [SCRIPT], { stdio: ["ignore", "pipe", "ignore"] });
  const ended = once(child, "exit");
  t.after(() => child.kill("SIGTERM"));
  let printed = "";
  child.stdout.on("data", (chunk: Buffer) => {
    printed += chunk.toString();
  });
  await eventually(async () => printed.includes("Ctrl-C") && printed.endsWith("\n"), 60_000);
  const environment = /export KUBECONFIG=\S+/.exec(printed)?.[0] ?? "";
  const commands = [...printed.matchAll(/^ {2}(\S+ apply -f \S+)$/gm)].map(([, line]) => line);
  const [blocked, defaulted, warned] = await Promise.all(
    commands.map((command) => shell(`${environment}; ${command}`)),
  );
  assert.equal(blocked?.code, 1);
  assert.match(blocked?.text ?? "", /refused by policy keymate: 4 findings/);
  assert.equal(defaulted?.code, 0);
  assert.match(defaulted?.text ?? "", /deployment.apps\/portal created/);
  assert.match(defaulted?.text ?? "", /Warning: \[res-default\] container portal: added/);
  assert.equal(warned?.code, 0);
  assert.match(warned?.text ?? "", /Warning: \[ns-component-label\]/);
  child.kill("SIGINT");
  assert.deepEqual(await ended, [0, null]);
  assert(!existsSync(dirname(environment.split("=")[1] ?? "")));
});
