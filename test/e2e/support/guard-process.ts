import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream, readFileSync } from "node:fs";
import { get } from "node:http";
import { fileURLToPath } from "node:url";
import { eventually } from "../../cluster/eventually.ts";
import { freePorts } from "../../cluster/ports.ts";

const MAIN = fileURLToPath(new URL("../../../src/main.ts", import.meta.url));

export interface GuardOptions {
  readonly args: readonly string[];
  /** Where its log goes, JSON lines. */
  readonly logFile: string;
  readonly port?: number;
  readonly opsPort?: number;
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

const running = new Set<ChildProcess>();
process.on("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

export async function startGuard(options: GuardOptions): Promise<GuardProcess> {
  const [freePort = 0, freeOpsPort = 0] = await freePorts(2);
  const { port = freePort, opsPort = freeOpsPort, logFile } = options;
  const child = spawn(
    process.execPath,
    [
      MAIN,
      "serve",
      "--host=127.0.0.1",
      `--port=${port}`,
      `--ops-port=${opsPort}`,
      "--log-format=json",
      ...options.args,
    ],
    { stdio: ["ignore", "ignore", "pipe"] },
  );
  running.add(child);
  child.stderr?.pipe(createWriteStream(logFile, { flags: "a" }));
  const exited = once(child, "exit").then(([code]) => {
    running.delete(child);
    return code as number | null;
  });
  await once(child, "spawn");
  const log = () => readFileSync(logFile, "utf8");
  const ops = (path: string) => fetchText(opsPort, path);
  return {
    port,
    opsPort,
    pid: child.pid ?? 0,
    ops,
    log,
    running: () => running.has(child),
    async ready(timeoutMs = 20_000) {
      await eventually(async () => {
        if (!running.has(child)) throw new Error(`the guard ended:\n${log()}`);
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
