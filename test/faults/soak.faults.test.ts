import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { table } from "../../src/cli/rules/markdown.ts";
import { FaultProxy } from "../cluster/fault-proxy.ts";
import { GuardTally, writesOf } from "../e2e/availability/support/guard-tally.ts";
import { Platform } from "../e2e/support/platform.ts";
import { callErrorsIn } from "./support/call-errors.ts";
import { type Creates, inWords, startCreates } from "./support/creates.ts";
import { churnPods, forceRelists, type Repeated, sweepStored } from "./support/disturbances.ts";
import { untilFail } from "./support/fleet.ts";
import { type Growth, growthOf, type Sample, sampleOf } from "./support/leak.ts";
import { assertFlawless } from "./support/oracles.ts";
import { MINUTES, RATE, SOAK_REPORT } from "./support/parameters.ts";

/** Memory of shorter runs says nothing about an hour. */
const SHORTEST_FOR_MEMORY = 60;
const MOST_MIB_PER_HOUR = 1;
const SAMPLE_MS = 5_000;
/** One in so many is stored, the others are dry runs. */
const STORE_EACH = 10;

let platform: Platform;
let proxy: FaultProxy;
let tally: GuardTally;
let growths: readonly Growth[] = [];

before(async () => {
  platform = await Platform.start({
    replicas: 2,
    controllerManager: false,
    args: ["--leaf-life", "1m"],
    token: async (cluster) => {
      const fileOf = (name: string) => readFileSync(join(cluster.dir, name), "utf8");
      proxy = await FaultProxy.start({
        upstream: cluster.server,
        ca: readFileSync(cluster.caFile, "utf8"),
        serving: { cert: fileOf("serving.crt"), key: fileOf("serving.key") },
      });
      return { server: proxy.url, expirationSeconds: Math.ceil(MINUTES * 60) + 3_600 };
    },
  });
  tally = new GuardTally(() => platform.installation.guards);
});

after(async () => {
  await tally?.stop();
  await platform?.stop();
  await proxy?.stop();
});

interface Seen {
  readonly samples: readonly Sample[][];
  readonly creates: Creates;
  readonly problems: readonly string[];
  readonly stored: number;
  readonly rotations: number;
}

/** Load and everything that disturbs it, for as long as asked; the report is written as it goes. */
async function soak(): Promise<Seen> {
  const { cluster, installation } = platform;
  const end = performance.now() + MINUTES * 60_000;
  let stored = 0;
  const load = startCreates([cluster.request], RATE, STORE_EACH);
  const disturbances: readonly Repeated[] = [
    churnPods(cluster.request),
    forceRelists(proxy, 60_000),
    sweepStored(cluster.request, 30_000, (count) => {
      stored += count;
    }),
  ];
  const samples = installation.guards.map((): Sample[] => []);
  const failed = () => [...load.failures, ...disturbances.flatMap(({ problems }) => problems)];
  while (performance.now() < end) {
    for (const [n, guard] of installation.guards.entries()) samples[n]?.push(await sampleOf(guard));
    writeReport({ samples, sent: load.sent(), failed: failed() });
    await sleep(SAMPLE_MS);
  }
  const creates = await load.stop();
  for (const disturbance of disturbances) await disturbance.stop();
  const problems = disturbances.flatMap((disturbance) => disturbance.problems);
  const rotations = writesOf(installation.guards, "leaf renewed");
  return { samples, creates, problems, stored, rotations };
}

function writeReport(seen: object): void {
  writeFileSync(SOAK_REPORT, `${JSON.stringify({ minutes: MINUTES, rate: RATE, ...seen })}\n`);
}

test("row 28: a soak with rotations, relists and pod churn: 0 failed, descriptors stable", async (t) => {
  await untilFail(platform);
  const seen = await soak();
  await tally.stop();
  const { creates, rotations, samples, stored } = seen;
  growths = samples.map(growthOf);
  const relists = tally.total("keymate_guard_cache_relists_total");
  t.diagnostic(
    `${MINUTES} min, ${rotations} leaf rotations, ${relists} relists; ${inWords(creates)}; ` +
      `${stored} stored objects looked at again`,
  );
  reportGrowth(t);
  writeReport({ ...seen, creates: { ...creates, latencies: undefined }, relists, growths });
  for (const { at, text } of callErrorsIn(platform.cluster.apiServer.process.log()).slice(0, 5)) {
    t.diagnostic(`${new Date(at).toISOString()} ${text.slice(0, 250)}`);
  }
  assert.deepEqual(seen.problems, []);
  t.diagnostic(await assertFlawless(creates, [await platform.cluster.metrics()], tally));
  assert(relists > 0, "kinds were listed again");
  assert(rotations > 0 || MINUTES < 2, "leaves were renewed");
  for (const { firstDescriptors, mostDescriptors } of growths) {
    // Connections to and from the API server come and go with load; what leaks only comes.
    assert(mostDescriptors <= 2 * firstDescriptors + 100, `${mostDescriptors} descriptors`);
  }
});

function reportGrowth(t: TestContext): void {
  const head = ["guard", "RSS MiB", "RSS MiB/h", "heap MiB/h", "descriptors first, most, last"];
  const rows = growths.map((growth, n) => [
    `${n + 1}`,
    growth.lastRssMib.toFixed(0),
    growth.rss.toFixed(2),
    growth.heap.toFixed(2),
    `${growth.firstDescriptors}, ${growth.mostDescriptors}, ${growth.lastDescriptors}`,
  ]);
  for (const line of table(head, rows).split("\n")) t.diagnostic(line);
}

test("row 28: in a soak of an hour or more memory grows by less than 1 MiB an hour", (t) => {
  if (MINUTES < SHORTEST_FOR_MEMORY) return t.skip(`${MINUTES} minutes say nothing about an hour`);
  for (const { rss } of growths) assert(rss < MOST_MIB_PER_HOUR, `${rss.toFixed(2)} MiB an hour`);
});
