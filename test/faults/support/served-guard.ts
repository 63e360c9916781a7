import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { Agent, type RequestOptions } from "node:https";
import { connect as connectTcp, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { connect, type TLSSocket } from "node:tls";
import { fileURLToPath } from "node:url";
import { eventually } from "../../cluster/eventually.ts";
import { freePorts } from "../../cluster/ports.ts";
import { type Answer, post } from "../../support/https-post.ts";

const MAIN = fileURLToPath(new URL("../../../src/main.ts", import.meta.url));
/** What the image makes of the memory limit in the manifests, 65 % of 384 MiB. */
const OLD_SPACE_MIB = 250;
const SEMI_SPACE_MIB = 8;

export interface ServedGuard {
  readonly port: number;
  readonly pid: number;
  readonly ca: string;
  readonly child: ChildProcess;
  /** Both streams, in the order in which they were written. */
  output(): string;
  /** Resolves with the exit code. */
  readonly exited: Promise<number | null>;
  running(): boolean;
  /** POST of JSON, unless told otherwise, on a kept connection. */
  send(path: string, body: string | Buffer, options?: RequestOptions): Promise<Answer>;
  ops(path: string): Promise<{ readonly status: number; readonly text: string }>;
  /** A TLS connection, handshake done. */
  tls(): Promise<TLSSocket>;
  tcp(): Socket;
  /** MiB: now, and at most so far. */
  memory(): { readonly rss: number; readonly peak: number };
  /** Value of a sample on /metrics. */
  metric(sample: string): Promise<number>;
}

export interface ServeOptions {
  readonly args?: readonly string[];
  /** A module that is loaded before main.ts, to bring about faults inside of the process. */
  readonly preload?: string;
}

/** `serve` as its own process with the limits of the image, ready; it ends with the test. */
export async function serveGuard(t: TestContext, options: ServeOptions = {}): Promise<ServedGuard> {
  const dir = mkdtempSync(join(tmpdir(), "keymate-guard-faults-"));
  const [port = 0, opsPort = 0] = await freePorts(2);
  const child = spawnGuard(dir, options, ["--port", `${port}`, "--ops-port", `${opsPort}`]);
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  }
  const exited = once(child, "close").then(([code]) => code as number | null);
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  t.after(async () => {
    agent.destroy();
    child.kill("SIGKILL");
    await exited;
    rmSync(dir, { recursive: true, force: true });
  });
  const ops = async (path: string) => {
    const answer = await fetch(`http://127.0.0.1:${opsPort}${path}`);
    return { status: answer.status, text: await answer.text() };
  };
  const running = () => child.exitCode === null && child.signalCode === null;
  await eventually(async () => {
    if (!running()) throw new Error(`the guard ended:\n${output}`);
    return (await ops("/readyz").catch(() => undefined))?.status === 200;
  }, 60_000);
  const ca = readFileSync(join(dir, "certs", "ca.crt"), "utf8");
  return {
    port,
    pid: child.pid ?? 0,
    ca,
    child,
    output: () => output,
    exited,
    running,
    ops,
    send: (path, body, extra) => post({ port, agent, ca, path, ...extra }, body),
    tls: async () => {
      const socket = connect({ port, host: "127.0.0.1", ca });
      await once(socket, "secureConnect");
      return socket;
    },
    tcp: () => connectTcp({ port, host: "127.0.0.1" }),
    memory: () => memoryOf(child.pid ?? 0),
    metric: async (sample) => {
      const line = (await ops("/metrics")).text.split("\n").find((l) => l.startsWith(`${sample} `));
      return Number(line?.split(" ").at(-1));
    },
  };
}

function spawnGuard(dir: string, { args = [], preload }: ServeOptions, ports: readonly string[]) {
  const node = [
    `--max-old-space-size=${OLD_SPACE_MIB}`,
    `--max-semi-space-size=${SEMI_SPACE_MIB}`,
    ...(preload === undefined ? [] : ["--import", preload]),
  ];
  const flags = ["--log-format", "json", "--cert-dir", join(dir, "certs"), ...ports, ...args];
  return spawn(process.execPath, [...node, MAIN, "serve", ...flags], {
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    env: withoutGuardSettings(),
  });
}

function withoutGuardSettings(): NodeJS.ProcessEnv {
  const entries = Object.entries(process.env).filter(([key]) => !key.startsWith("KEYMATE_GUARD_"));
  return Object.fromEntries(entries);
}

function memoryOf(pid: number): { rss: number; peak: number } {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const mib = (name: string) => {
    const kib = new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(status)?.[1];
    return Math.round(Number(kib) / 1024);
  };
  return { rss: mib("VmRSS"), peak: mib("VmHWM") };
}
