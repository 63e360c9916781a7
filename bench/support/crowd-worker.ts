/**
 * A guard without sockets over the cache of a crowded cluster. Takes one line of JSON per batch on
 * stdin, answers one line each: `{"kubeconfig": PATH, "workloads": N}` first, then `{"reviews": N}`.
 */
import { openSync } from "node:fs";
import { createInterface } from "node:readline";
import pino from "pino";
import { AdmissionHandler } from "../../src/adapters/http/admission-handler.ts";
import { decodeReview } from "../../src/adapters/http/admission-review.ts";
import { ClusterCache } from "../../src/adapters/kube/cluster-cache.ts";
import { loadConnection } from "../../src/adapters/kube/connection.ts";
import { createLogger } from "../../src/adapters/telemetry/logger.ts";
import { createMetrics } from "../../src/adapters/telemetry/metrics.ts";
import { createProcessRegistry } from "../../src/adapters/telemetry/metrics-page.ts";
import { openPolicy } from "../../src/cli/policy-file.ts";
import { collectStartGarbage } from "../../src/cli/serve/start-garbage.ts";
import { systemClock } from "../../src/cli/system-clock.ts";
import { lookedUpKinds } from "../../src/engine/rule.ts";
import { RULES } from "../../src/rules/index.ts";
import { createAdmit } from "../../src/usecases/admit.ts";
import { reviewsOf } from "./crowd-reviews.ts";

/** Each review this often: of a machine that does other things too, the fastest time is the true one. */
const REPEATS = 5;

export interface Prepared {
  readonly objects: number;
}

export interface Batch {
  /** Name of the review and its fastest time in ms. */
  readonly times: readonly (readonly [string, number])[];
  readonly cpuUs: number;
  readonly answers: number;
  readonly denied: number;
}

interface Order {
  readonly kubeconfig?: string;
  readonly workloads?: number;
  readonly reviews?: number;
}

let handler: AdmissionHandler;
let workloads = 0;
let turn = 0;

for await (const line of createInterface({ input: process.stdin })) {
  const order = JSON.parse(line) as Order;
  const answer = order.kubeconfig === undefined ? run(order.reviews ?? 0) : await prepare(order);
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
process.exit(0);

async function prepare({ kubeconfig = "", workloads: count = 0 }: Order): Promise<Prepared> {
  const { logger } = createLogger({
    level: "info",
    format: "json",
    terminal: false,
    colour: false,
    destination: pino.destination({ dest: openSync("/dev/null", "a"), sync: false }),
  });
  const connection = await loadConnection({
    cluster: "kubeconfig",
    kubeconfig,
    inClusterPresent: false,
  });
  if (connection === undefined) throw new Error("no cluster");
  const cache = new ClusterCache({
    connection,
    kinds: lookedUpKinds(RULES),
    clock: systemClock,
    logger,
    random: Math.random,
  });
  cache.start(new AbortController().signal);
  while (!cache.synced()) await systemClock.sleep(10);
  const policy = await openPolicy({
    file: undefined,
    rules: RULES,
    modeCap: "enforce",
    now: systemClock.now(),
  });
  handler = new AdmissionHandler("/validate/fail", {
    admit: createAdmit({ policy: () => policy, cluster: cache, clock: systemClock, logger }),
    logger,
    metrics: createMetrics(createProcessRegistry(), () => true),
    monotonic: () => performance.now(),
    clock: systemClock,
    timeoutMs: 5_000,
  });
  workloads = count;
  // As serve does before its first review: else V8 may be marking the lists' garbage all the while.
  await collectStartGarbage();
  return { objects: cache.stats().reduce((sum, { objects }) => sum + objects, 0) };
}

function run(count: number): Batch {
  const times: [string, number][] = [];
  let cpuUs = 0;
  let denied = 0;
  for (let done = 0; done < count; ) {
    // Far apart, so that one finds nothing of the other in the processor's caches.
    turn = (turn + 7_919) % workloads;
    for (const [name, text] of Object.entries(reviewsOf(turn))) {
      const body = Buffer.from(text);
      const before = process.threadCpuUsage();
      let fastest = Number.POSITIVE_INFINITY;
      for (let repeat = 0; repeat < REPEATS; repeat++) {
        const start = performance.now();
        if (answer(body).includes('"allowed":false')) denied++;
        fastest = Math.min(fastest, performance.now() - start);
      }
      const { user, system } = process.threadCpuUsage(before);
      cpuUs += user + system;
      times.push([name, fastest]);
      done++;
    }
  }
  return { times, cpuUs, answers: times.length * REPEATS, denied: denied / REPEATS };
}

function answer(body: Buffer): string {
  const decoded = decodeReview(body);
  if ("error" in decoded) throw new Error(decoded.error.message);
  const text = handler.answer(decoded.request, "/validate/fail?timeout=5s", performance.now());
  if (typeof text !== "string") throw new Error("no decision at once");
  return text;
}
