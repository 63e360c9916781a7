import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream, readFileSync } from "node:fs";
import { get } from "node:http";
import type { Socket } from "node:net";
import { fileURLToPath } from "node:url";
import { eventually } from "../../cluster/eventually.ts";
import { freePorts } from "../../cluster/ports.ts";

const MAIN = fileURLToPath(new URL("../../../src/main.ts", import.meta.url));

export interface GuardOptions {
  /** Default: serve. */
  readonly command?: "serve" | "audit";
  readonly args: readonly string[];
  /** Where its log goes, JSON lines. */
  readonly logFile: string;
  readonly port?: number;
  readonly opsPort?: number;
  /** Flags of Node itself. */
  readonly nodeArgs?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** A guard as its own process, the way a container runs it. */
export interface GuardProcess {
  readonly port: number;
  readonly opsPort: number;
  readonly pid: number;
  /** The page of a route on the ops port, whatever its status. */
  ops(path: string): Promise<{ readonly status: number; readonly text: string }>;
  ready(timeoutMs?: number): Promise<void>;
  log(): string;
  running(): boolean;
  /** Resolves with the exit code. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

/** Ends the guard when this process is gone, however it went: its end closes the pipe. */
const REAPER = 'read -r line; kill -9 "$0"';

function startReaper(pid: number): ChildProcess {
  const reaper = spawn("sh", ["-c", REAPER, `${pid}`], {
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  reaper.unref();
  (reaper.stdin as Socket).on("error", () => {}).unref();
  return reaper;
}

export async function startGuard(options: GuardOptions): Promise<GuardProcess> {
  const [freePort = 0, freeOpsPort = 0] = await freePorts(2);
  const { port = freePort, opsPort = freeOpsPort, logFile } = options;
  const child = spawn(
    process.execPath,
    [
      ...(options.nodeArgs ?? []),
      MAIN,
      ...(options.command === "audit"
        ? ["audit", "--watch"]
        : ["serve", "--host=127.0.0.1", `--port=${port}`]),
      `--ops-port=${opsPort}`,
      "--log-format=json",
      ...options.args,
    ],
    { stdio: ["ignore", "ignore", "pipe"], env: { ...process.env, ...options.env } },
  );
  child.stderr?.pipe(createWriteStream(logFile, { flags: "a" }));
  const exited = once(child, "exit").then(([code]) => {
    reaper.kill("SIGKILL");
    return code as number | null;
  });
  await once(child, "spawn");
  const reaper = startReaper(child.pid ?? 0);
  const isRunning = () => child.exitCode === null && child.signalCode === null;
  const log = () => readFileSync(logFile, "utf8");
  const ops = (path: string) => fetchText(opsPort, path);
  return {
    port,
    opsPort,
    pid: child.pid ?? 0,
    ops,
    log,
    running: isRunning,
    async ready(timeoutMs = 20_000) {
      await eventually(async () => {
        if (!isRunning()) throw new Error(`the guard ended:\n${log()}`);
        return (await ops("/readyz").catch(() => undefined))?.status === 200;
      }, timeoutMs).catch(async (error: unknown) => {
        const state = await ops("/readyz?verbose").catch(() => undefined);
        throw new Error(`the guard is not ready:\n${state?.text}\n${log()}`, { cause: error });
      });
    },
    async stop(signal = "SIGTERM") {
      child.kill(signal);
      return await exited;
    },
  };
}

function fetchText(port: number, path: string): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const call = get({ host: "127.0.0.1", port, path, agent: false }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        text += chunk;
      });
      response.on("end", () => resolve({ status: response.statusCode ?? 0, text }));
    });
    call.on("error", reject);
  });
}
