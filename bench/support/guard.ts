import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { get } from "node:http";
import { stripTypeScriptTypes } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePorts } from "../../test/cluster/ports.ts";

export const BIN = fileURLToPath(new URL("../../dist/bin.js", import.meta.url));

const children = new Set<ChildProcess>();
process.on("exit", () => {
  for (const child of children) child.kill("SIGKILL");
});

export interface GuardOptions {
  readonly certDir: string;
  /** Flags beside ports and certificates; without any there is no cluster. */
  readonly args?: readonly string[];
  readonly port?: number;
}

export interface Server {
  readonly port: number;
  readonly pid: number;
  readonly ca: string;
  /** From the start of the process until it was ready, milliseconds. */
  readonly readyMs: number;
  stop(): Promise<void>;
}

/** `dist` as its own process, logging JSON lines that nobody reads. */
export async function startGuard(options: GuardOptions): Promise<Server> {
  const [freePort = 0, opsPort = 0] = await freePorts(2);
  const { certDir, args = ["--cluster", "none"], port = freePort } = options;
  const startedAt = performance.now();
  const child = start([
    BIN,
    "serve",
    ...["--host", "127.0.0.1", "--port", `${port}`, "--ops-port", `${opsPort}`],
    ...["--log-format", "json", "--cert-dir", certDir, ...args],
  ]);
  await until(child, () => isReady(opsPort));
  const readyMs = performance.now() - startedAt;
  const caFile = join(certDir, "ca.crt");
  const ca = existsSync(caFile) ? readFileSync(caFile, "utf8") : "";
  return { port, pid: child.pid ?? 0, ca, readyMs, stop: () => stop(child) };
}

/** Any other server that says on its ops port when it is ready: for comparison. */
export async function startScript(
  script: string,
  pair: { readonly port: number; readonly ca: string; readonly certDir: string },
): Promise<Server> {
  const startedAt = performance.now();
  const [opsPort = 0] = await freePorts(1);
  const file = join(pair.certDir, "bare-server.mjs");
  // Plain JavaScript, as dist is: stripping types at start would cost it time and memory.
  writeFileSync(file, stripTypeScriptTypes(readFileSync(script, "utf8")));
  const child = start([file, `${pair.port}`, `${opsPort}`, pair.certDir]);
  await until(child, () => isReady(opsPort));
  const readyMs = performance.now() - startedAt;
  return { port: pair.port, pid: child.pid ?? 0, ca: pair.ca, readyMs, stop: () => stop(child) };
}

function start(args: readonly string[]): ChildProcess {
  const nowhere = openSync("/dev/null", "a");
  const child = spawn(process.execPath, args, { stdio: ["ignore", nowhere, nowhere] });
  children.add(child);
  child.once("exit", () => children.delete(child));
  return child;
}

async function stop(child: ChildProcess): Promise<void> {
  if (!children.has(child)) return;
  const exited = once(child, "exit");
  child.kill("SIGKILL");
  await exited;
}

async function until(child: ChildProcess, holds: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; !(await holds()); tries++) {
    if (child.exitCode !== null) throw new Error(`the server ended with code ${child.exitCode}`);
    if (tries > 10_000) throw new Error("the server did not become ready");
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

function isReady(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const call = get({ host: "127.0.0.1", port, path: "/readyz", agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    call.on("error", () => resolve(false));
  });
}
