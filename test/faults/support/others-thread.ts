import { Agent } from "node:https";
import { setTimeout as sleep } from "node:timers/promises";
import { parentPort, workerData } from "node:worker_threads";
import { post } from "../../support/https-post.ts";
import { deploymentReview } from "./reviews.ts";

interface Given {
  readonly port: number;
  readonly ca: string;
  readonly perSecond: number;
  readonly fresh: boolean;
}

const { port, ca, perSecond, fresh } = workerData as Given;
const agent = new Agent({ keepAlive: !fresh, maxSockets: 64 });
const body = deploymentReview();
const times: number[] = [];
const failures: string[] = [];
let stopped = false;

parentPort?.once("message", () => {
  stopped = true;
});

async function one(): Promise<void> {
  const startedAt = performance.now();
  try {
    const answer = await post({ port, ca, agent, path: "/validate?timeout=5s" }, body);
    if (answer.status !== 200) failures.push(`${answer.status} ${answer.body}`);
    times.push(performance.now() - startedAt);
  } catch (error) {
    failures.push(`after ${Math.round(performance.now() - startedAt)} ms: ${error}`);
  }
}

function share(part: number): number {
  return times[Math.min(times.length - 1, Math.floor(times.length * part))] ?? Number.NaN;
}

await one();
times.length = 0;
parentPort?.postMessage("first");
const pending = new Set<Promise<void>>();
let next = performance.now();
while (!stopped) {
  const call = one().finally(() => pending.delete(call));
  pending.add(call);
  next += 1_000 / perSecond;
  await sleep(Math.max(0, next - performance.now()));
}
await Promise.all(pending);
agent.destroy();
times.sort((a, b) => a - b);
parentPort?.postMessage({
  answered: times.length,
  failures,
  p50: share(0.5),
  p99: share(0.99),
  max: times.at(-1) ?? Number.NaN,
});
