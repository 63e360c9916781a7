import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { freePorts } from "../../test/cluster/ports.ts";

const BIN = fileURLToPath(new URL("../../dist/bin.js", import.meta.url));
/** What the image makes of the memory limit in the manifests, 65 % of 384 MiB. */
const OLD_SPACE_MIB = 250;
/** As the image sets it: what lists leave behind stays small, reviews cost the same. */
const SEMI_SPACE_MIB = 8;
/** Until memory is read: what the lists leave behind is given back in a while. */
const SETTLE_MS = 20_000;
const DEADLINE_MS = 60_000;

export interface GuardMemory {
  /** From the start of the process until its cache was synced. */
  readonly readyMs: number;
  /** MB of 1,000,000 bytes: at most so far, and at rest. */
  readonly peakMb: number;
  readonly restMb: number;
}

/** What `dist` as its own process takes with this cluster in its cache. */
export async function guardMemory(kubeconfig: string): Promise<GuardMemory> {
  const dir = mkdtempSync(join(tmpdir(), "keymate-guard-crowd-"));
  const [port, opsPort] = await freePorts(2);
  const startedAt = performance.now();
  const child = spawn(
    process.execPath,
    [
      `--max-old-space-size=${OLD_SPACE_MIB}`,
      `--max-semi-space-size=${SEMI_SPACE_MIB}`,
      BIN,
      "serve",
      ...["--host", "127.0.0.1", "--port", `${port}`, "--ops-port", `${opsPort}`],
      ...["--log-format", "json", "--cert-dir", dir, "--manage-webhooks", "false"],
      ...["--cluster", "kubeconfig", "--kubeconfig", kubeconfig],
    ],
    { stdio: "ignore" },
  );
  try {
    while (!(await isReady(`http://127.0.0.1:${opsPort}/readyz`))) {
      if (child.exitCode !== null) throw new Error(`the guard ended with code ${child.exitCode}`);
      if (performance.now() - startedAt > DEADLINE_MS) throw new Error("the guard is not ready");
      await sleep(50);
    }
    const readyMs = performance.now() - startedAt;
    await sleep(SETTLE_MS);
    const status = readFileSync(`/proc/${child.pid}/status`, "utf8");
    return { readyMs, peakMb: megabytes(status, "VmHWM"), restMb: megabytes(status, "VmRSS") };
  } finally {
    child.kill("SIGKILL");
    rmSync(dir, { recursive: true });
  }
}

async function isReady(url: string): Promise<boolean> {
  const answer = await fetch(url).catch(() => undefined);
  return answer?.ok === true;
}

function megabytes(status: string, field: string): number {
  const kib = new RegExp(`${field}:\\s+(\\d+)`).exec(status)?.[1];
  return (Number(kib) * 1_024) / 1_000_000;
}
