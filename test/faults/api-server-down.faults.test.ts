import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { ApiServer } from "../cluster/api-server.ts";
import { startCluster, type TestCluster } from "../cluster/cluster.ts";
import { eventually } from "../cluster/eventually.ts";
import { type Forwarder, startForwarder } from "../cluster/forwarder.ts";
import { startDirectCalls } from "../e2e/availability/support/direct-calls.ts";
import { caOf } from "../e2e/availability/support/serving.ts";
import { seconds } from "../e2e/availability/support/watching.ts";
import { guardTotal, samplesOf } from "../e2e/support/counters.ts";
import { type GuardProcess, startGuard } from "../e2e/support/guard-process.ts";
import { OVERLAY } from "../e2e/support/installation.ts";
import { namespace, workload } from "../e2e/support/manifests.ts";
import { succeeded } from "../e2e/support/platform.ts";
import { AWAY_SECONDS } from "./support/parameters.ts";

const REPLICAS = 3;
const CALLS_PER_SECOND = 10;
/** What retries with full jitter up to 30 s spread over, when those who retry did so for a minute. */
const SPREAD_S = 5;
const USER = "system:serviceaccount:keymate-guard:keymate-guard";

let cluster: TestCluster;
let toGuards: Forwarder;
/** The guards' way to the API server, an address that outlives it. */
let toApiServer: Forwarder;
const guards: GuardProcess[] = [];

before(async () => {
  cluster = await startCluster({ audit: "Metadata" });
  succeeded(await cluster.kubectl(["apply", "-k", OVERLAY]));
  toApiServer = await startForwarder({ backends: [portOf(cluster)] });
  toGuards = await startForwarder({ backends: [] });
  const server = `https://127.0.0.1:${toApiServer.port}`;
  const kubeconfig = await cluster.tokenKubeconfig("keymate-guard", "keymate-guard", { server });
  for (let n = 0; n < REPLICAS; n += 1) {
    const args = ["--cluster", "kubeconfig", "--kubeconfig", kubeconfig];
    args.push("--manage-webhooks", "true", "--service-port", `${toGuards.port}`);
    guards.push(await startGuard({ logFile: join(cluster.dir, `guard-${n}.log`), args }));
  }
  await Promise.all(guards.map((guard) => guard.ready(60_000)));
  toGuards.setBackends(guards.map(({ port }) => port));
});

after(async () => {
  await Promise.all(guards.map((guard) => guard.stop("SIGKILL")));
  await toGuards?.stop();
  await toApiServer?.stop();
  await cluster?.stop();
});

function portOf({ server }: Pick<ApiServer, "server">): number {
  return Number(new URL(server).port);
}

/** The guards' lists and watches that an API server took, in milliseconds since `since`. */
function returnsTo(server: ApiServer, since: number): number[] {
  const events = server
    .auditEvents()
    .filter(({ user }) => (user as { username?: string }).username === USER)
    .filter(({ verb }) => verb === "list" || verb === "watch");
  // A watch is told of when it opens and when it ends.
  return [...new Map(events.map((event) => [event["auditID"], event])).values()]
    .map((event) => Date.parse(event["requestReceivedTimestamp"] as string) - since)
    .sort((a, b) => a - b);
}

function mostInOneSecond(times: readonly number[]): number {
  return Math.max(...times.map((at) => times.filter((t) => t >= at && t < at + 1_000).length));
}

async function heardSince(guard: GuardProcess, epochSeconds: number): Promise<boolean> {
  const page = (await guard.ops("/metrics")).text;
  const heard = samplesOf(page, "keymate_guard_cache_last_event_timestamp_seconds");
  return heard.length > 0 && heard.every(({ value }) => value >= epochSeconds);
}

test("row 11: without an API server admissions are answered from memory, and it is returned to without a herd", async (t) => {
  const ca = await caOf(cluster);
  const known = await guardTotal(guards[0] as GuardProcess, "keymate_guard_cache_objects", {
    kind: "Namespace",
  });
  const calls = startDirectCalls(toGuards.port, CALLS_PER_SECOND, async () => ca);
  const [gone, dialsBefore] = [portOf(cluster), toApiServer.dials().get(portOf(cluster)) ?? 0];
  await cluster.apiServer.stop("SIGKILL");
  await sleep(AWAY_SECONDS * 1_000);
  const attempts = (toApiServer.dials().get(gone) ?? 0) - dialsBefore;
  for (const guard of guards) assert.equal((await guard.ops("/readyz")).status, 200);

  const next = await cluster.addApiServer();
  const added = await next.request("POST", "/api/v1/namespaces", namespace("meanwhile", "data"));
  assert.equal(added.status, 201, added.text);
  const [backAt, since] = [Date.now(), performance.now()];
  toApiServer.setBackends([portOf(next)]);
  for (const guard of guards) {
    await eventually(() => heardSince(guard, backAt / 1_000), 90_000);
    const kind = { kind: "Namespace" };
    assert.equal(await guardTotal(guard, "keymate_guard_cache_objects", kind), known + 1);
  }
  t.diagnostic(`all caches of ${guards.length} guards are live again after ${seconds(since)}`);
  const called = await calls.stop();
  t.diagnostic(
    `${AWAY_SECONDS} s without an API server: ${called.answered} direct calls answered, ` +
      `${called.failures.length} failed; ${attempts} attempts to reach it`,
  );
  assert.deepEqual(called.failures, []);

  const returns = returnsTo(next, backAt);
  const watches = returns.length;
  const spread = ((returns.at(-1) ?? 0) - (returns[0] ?? 0)) / 1_000;
  const busiest = mostInOneSecond(returns);
  t.diagnostic(
    `${watches} lists and watches came back over ${spread.toFixed(1)} s, ${busiest} in the busiest second`,
  );
  assert(spread >= SPREAD_S, "they come back one by one");
  assert(busiest <= watches / 2, "no herd");

  const path = "/apis/apps/v1/namespaces/meanwhile/statefulsets?dryRun=All";
  const database = workload("StatefulSet", "meanwhile/db", { component: "relational-database" });
  const refused = await next.request("POST", path, database);
  assert.equal(refused.status, 403, refused.text);
  assert.match(refused.text, /res-limits-required/);
  for (const guard of guards) {
    assert.equal(await guardTotal(guard, "keymate_guard_internal_errors_total"), 0);
  }
});
