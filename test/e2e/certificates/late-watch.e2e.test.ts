import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { ApiServer } from "../../cluster/api-server.ts";
import { eventually } from "../../cluster/eventually.ts";
import { type LateEtcd, startLateEtcd } from "../../cluster/late-etcd.ts";
import { GuardTally, writesOf } from "../availability/support/guard-tally.ts";
import { certsSecret } from "../availability/support/serving.ts";
import { startLoad, storedLoad } from "../availability/support/steady-load.ts";
import { liveEntries, seconds } from "../availability/support/watching.ts";
import { assertNoFaultyAnswer, guardTotal, total } from "../support/counters.ts";
import { OVERLAY } from "../support/installation.ts";
import { Platform, succeeded } from "../support/platform.ts";

const GROUP = "admissionregistration.k8s.io";
const DELAY_MS = Number(process.env["TEST_WATCH_DELAY_MS"] ?? 15_000);
const OVERLAP_MS = DELAY_MS + 10_000;
const ABSENT_MS = 10_000;

let platform: Platform;
let late: LateEtcd;
let second: ApiServer;
let tally: GuardTally;

before(async () => {
  const overlap = `${OVERLAP_MS / 1000}s`;
  // A short life makes for frequent looks at the Secret.
  const args = ["--leaf-life=4m", `--ca-overlap=${overlap}`, `--ca-drop=${overlap}`];
  platform = await Platform.start({ replicas: 2, controllerManager: false, args });
  const { cluster, installation } = platform;
  late = await startLateEtcd(cluster.etcd.url);
  const overrides = ["mutating", "validating"]
    .map((kind) => `${GROUP}/${kind}webhookconfigurations#${late.url}`)
    .join(",");
  second = await cluster.addApiServer({ flags: { "etcd-servers-overrides": overrides } });
  tally = new GuardTally(() => installation.guards);
});

after(async () => {
  await tally?.stop();
  await platform?.stop();
  await late?.stop();
});

/** The same configuration as each API server has it, from its watch cache. */
async function seenBy(server: Pick<ApiServer, "request">): Promise<string> {
  const path = `/apis/${GROUP}/v1/mutatingwebhookconfigurations/keymate-guard?resourceVersion=0`;
  const answer = await server.request("GET", path);
  return answer.json<{ metadata: { resourceVersion: string } }>().metadata.resourceVersion;
}

async function authorities(): Promise<number> {
  const [entry] = (await liveEntries(platform.cluster)) ?? [];
  return (entry?.caBundle ?? "").split("BEGIN CERT").length - 1;
}

test("no create fails on either API server while the Secret is away and a new CA comes, one watch being late", async (t) => {
  const { cluster, installation } = platform;
  const { guards } = installation;
  const load = startLoad([cluster.request, second.request], 20);
  late.delay(DELAY_MS);
  const secret = ["secret", "keymate-guard-certs", "-n", "keymate-guard"];
  const leaf = (await certsSecret(cluster))?.data["tls.crt"];
  succeeded(await platform.kubectl("delete", ...secret));
  for (const guard of guards) {
    await eventually(
      async () =>
        (await guardTotal(guard, "keymate_guard_certificate_secret_state", {
          state: "absent",
        })) === 1,
    );
  }
  await sleep(ABSENT_MS);
  const since = performance.now();
  succeeded(await platform.kubectl("apply", "-k", OVERLAY));

  await eventually(async () => (await authorities()) === 2, 20_000);
  const [told, heard] = [performance.now(), await seenBy(cluster.apiServer)];
  await eventually(async () => (await seenBy(second)) === heard, DELAY_MS + 20_000);
  t.diagnostic(`the second API server heard of the new CA ${seconds(told)} after the first`);
  assert(performance.now() - told >= DELAY_MS - 1_000, "its watch is late");

  const moved = () => writesOf(guards, "leaf moved to the new CA");
  await eventually(async () => moved() === 1, OVERLAP_MS + 120_000);
  t.diagnostic(`the leaf came from the new CA ${seconds(since)} after the Secret was back`);
  assert.notEqual((await certsSecret(cluster))?.data["tls.crt"], leaf);
  await eventually(async () => (await authorities()) === 1, OVERLAP_MS + 120_000);
  t.diagnostic(`the old CA was gone after ${seconds(since)}`);
  await sleep(DELAY_MS + 1_000);

  const { created, failures } = await load.stop();
  t.diagnostic(`${created} created in all, ${failures.length} failed`);
  assert.deepEqual(failures, []);
  const pages = [await cluster.metrics(), await second.metrics()];
  const asked = pages.map((page) => total(page, "apiserver_admission_webhook_request_total"));
  t.diagnostic(`the API servers asked ${asked.join(" and ")} times`);
  for (const count of asked) assert(count >= 2 * Math.floor(created / 2), "twice about its half");
  for (const page of pages) assertNoFaultyAnswer(page);
  const stored = await storedLoad(cluster.request);
  assert.equal(stored.length, created);
  for (const { metadata } of stored) {
    assert.equal(metadata.labels?.["policy.keymate.io/layer"], "application", metadata.name);
  }
  await tally.stop();
  assert.equal(tally.total("keymate_guard_internal_errors_total"), 0);
});
