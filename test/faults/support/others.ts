import { setTimeout as sleep } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import type { ServedGuard } from "./served-guard.ts";

const QUIET_MS = 3_000;

/** What everybody else saw while something hostile went on. */
export interface OthersResult {
  readonly answered: number;
  /** One line each; empty when nobody was harmed. */
  readonly failures: readonly string[];
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

export interface OthersOptions {
  readonly perSecond?: number;
  /** A new connection for each review, instead of kept ones. */
  readonly fresh?: boolean;
}

export interface Others {
  stop(): Promise<OthersResult>;
}

/** Sends ordinary reviews at a steady rate from a thread of its own. Resolves after the first answer. */
export async function startOthers(
  { port, ca }: Pick<ServedGuard, "port" | "ca">,
  { perSecond = 50, fresh = false }: OthersOptions = {},
): Promise<Others> {
  const worker = new Worker(new URL("./others-thread.ts", import.meta.url), {
    workerData: { port, ca, perSecond, fresh },
  });
  await new Promise((resolve, reject) => {
    worker.once("message", resolve);
    worker.once("error", reject);
  });
  return {
    stop: async () => {
      const result = new Promise<OthersResult>((resolve, reject) => {
        worker.once("message", resolve);
        worker.once("error", reject);
      });
      worker.postMessage("stop");
      return await result;
    },
  };
}

/** The same for some seconds while nothing else goes on: what this machine makes of it by itself. */
export async function quietly(
  guard: Pick<ServedGuard, "port" | "ca">,
  options?: OthersOptions,
): Promise<OthersResult> {
  const others = await startOthers(guard, options);
  await sleep(QUIET_MS);
  return await others.stop();
}

export function inWords({ answered, failures, p50, p99, max }: OthersResult): string {
  const ms = (value: number) => `${value.toFixed(1)} ms`;
  return `others: ${answered} answered, ${failures.length} failed, p50 ${ms(p50)}, p99 ${ms(p99)}, most ${ms(max)}`;
}
