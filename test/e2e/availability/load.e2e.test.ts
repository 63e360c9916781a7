import assert from "node:assert/strict";
import { after, before, type TestContext, test } from "node:test";
import type { ApiServer } from "../../cluster/api-server.ts";
import { eventually } from "../../cluster/eventually.ts";
import { assertNoFaultyAnswer, total } from "../support/counters.ts";
import type { GuardProcess } from "../support/guard-process.ts";
import { OVERLAY } from "../support/installation.ts";
import { GUIDE } from "../support/manifests.ts";
import { Platform, succeeded } from "../support/platform.ts";
import { startDirectCalls } from "./support/direct-calls.ts";
import { GuardTally, writesOf } from "./support/guard-tally.ts";
import { servedBy } from "./support/serving.ts";
import { startLoad, storedLoad } from "./support/steady-load.ts";
import { liveEntries, seconds } from "./support/watching.ts";

const PER_SECOND = 50;
/** How long new connections still come to a guard that was told to stop. */
const ENDPOINT_LAG_MS = 2_000;

let platform: Platform;
let second: ApiServer;
let tally: GuardTally;

before(async () => {
  const args = ["--drain", "10s", "--leaf-life", "1m", "--ca-overlap", "5s"];
  platform = await Platform.start({ replicas: 2, controllerManager: false, args });
  second = await platform.cluster.addApiServer();
  tally = new GuardTally(() => platform.installation.guards);
});

after(async () => {
  await tally?.stop();
  await platform?.stop();
});

function inService(): GuardProcess[] {
  return platform.installation.guards.filter((guard) => guard.running());
}

/** As a rolling update with one to spare: the new one first, then the old one's end. */
async function replaceOldest(t: TestContext): Promise<void> {
  const { forwarder } = platform.installation;
  const [old, ...others] = inService();
  assert(old);
  const next = await platform.installation.startGuard();
  await next.ready(60_000);
  forwarder.setBackends([old, ...others, next].map(({ port }) => port));
  const since = performance.now();
  forwarder.remove(old.port, ENDPOINT_LAG_MS);
  assert.equal(await old.stop("SIGTERM"), 0, old.log());
  t.diagnostic(`a guard was replaced, its drain took ${seconds(since)}`);
}

async function liveBundle(): Promise<string> {
  const [entry] = (await liveEntries(platform.cluster)) ?? [];
  return entry?.caBundle ?? "";
}

/** An emptied Secret asks for a new CA: callers start afresh with each caBundle. */
async function changeAuthority(t: TestContext): Promise<void> {
  const since = performance.now();
  const moved = writesOf(platform.installation.guards, "leaf moved to the new CA");
  const secret = ["secret", "keymate-guard-certs", "-n", "keymate-guard"];
  succeeded(await platform.kubectl("delete", ...secret));
  succeeded(await platform.kubectl("apply", "-k", OVERLAY));
  await eventually(async () => {
    return writesOf(platform.installation.guards, "leaf moved to the new CA") > moved;
  }, 60_000);
  t.diagnostic(`leaves come from another CA after ${seconds(since)}`);
}

async function untilRenewed(t: TestContext, times: number, since: number): Promise<void> {
  await eventually(async () => {
    return writesOf(platform.installation.guards, "leaf renewed") >= times;
  }, 120_000);
  t.diagnostic(`renewal ${times} at ${seconds(since)}`);
}

test("no create fails or goes unmutated through renewals, restarts and a new CA", async (t) => {
  const { cluster, installation } = platform;
  const since = performance.now();
  const load = startLoad([cluster.request, second.request], PER_SECOND);
  const direct = startDirectCalls(installation.forwarder.port, 5, liveBundle);
  for (const times of [1, 2, 3]) {
    await Promise.all([replaceOldest(t), untilRenewed(t, times, since)]);
  }
  await changeAuthority(t);
  const [{ created, failures, latencies }, called] = [await load.stop(), await direct.stop()];
  t.diagnostic(
    `${created} created in ${seconds(since)}, ${failures.length} failed; ` +
      `p50 ${latencies[latencies.length >> 1]?.toFixed(0)} ms, ` +
      `p99 ${latencies[Math.floor(latencies.length * 0.99)]?.toFixed(0)} ms, ` +
      `worst ${latencies.at(-1)?.toFixed(0)} ms`,
  );
  t.diagnostic(`${called.answered} direct calls, ${called.failures.length} failed`);
  assert.deepEqual(failures, []);
  assert.deepEqual(called.failures, []);
  await assertAllMutated(created);
  await assertCountersAgree(t, created, called.answered);
  const ca = await liveBundle();
  const shown = await Promise.all(inService().map(({ port }) => servedBy(port, ca)));
  assert.equal(new Set(shown).size, 1, "all guards serve one certificate");
});

async function assertAllMutated(created: number): Promise<void> {
  const stored = await storedLoad(platform.cluster.request);
  assert.equal(stored.length, created);
  for (const { metadata, spec } of stored) {
    assert.equal(metadata.labels?.["policy.keymate.io/layer"], "application", metadata.name);
    for (const container of spec.template.spec.containers) {
      assert.deepEqual(container.resources, GUIDE, metadata.name);
    }
  }
}

async function assertCountersAgree(t: TestContext, created: number, direct: number): Promise<void> {
  await tally.stop();
  const pages = [await platform.cluster.metrics(), await second.metrics()];
  let asked = 0;
  for (const page of pages) {
    assertNoFaultyAnswer(page);
    assert.equal(total(page, "apiserver_webhooks_x509_missing_san_total"), 0);
    assert.equal(total(page, "apiserver_webhooks_x509_insecure_sha1_total"), 0);
    asked += total(page, "apiserver_admission_webhook_request_total");
  }
  const requests = "keymate_guard_admission_requests_total";
  const answered = tally.total(requests);
  t.diagnostic(
    `the API servers asked ${asked} times, ${direct} calls were direct; answered ${answered}`,
  );
  assert.equal(answered, asked + direct);
  assert(asked >= 2 * created, "each create is asked about twice");
  assert.equal(tally.total(requests, { outcome: "error" }), 0);
  assert.equal(tally.total("keymate_guard_internal_errors_total"), 0);
  assert(tally.total(requests, { path: "/mutate", outcome: "patched" }) >= created + direct);
}
