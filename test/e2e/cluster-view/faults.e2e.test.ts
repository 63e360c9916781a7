import assert from "node:assert/strict";
import { after, before, type TestContext, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { startCluster, type TestCluster } from "../../cluster/cluster.ts";
import { eventually } from "../../cluster/eventually.ts";
import type { Match } from "../../cluster/fault-proxy.ts";
import { grantKinds, grantLimits, revokeLimits } from "./access.ts";
import { answer, assertGoesUnreadable, assertRecovery, errorEvent, isWatch } from "./checks.ts";
import { fastClock, within } from "./fast-clock.ts";
import {
  BUDGET,
  budget,
  CLUSTER,
  create,
  database,
  defineDatabases,
  KINDS,
  LIMIT_RANGE,
  pathOf,
  removeDatabases,
  send,
} from "./objects.ts";
import { about, openScene, type Scene } from "./scene.ts";

let cluster: TestCluster;

before(async () => {
  cluster = await startCluster();
  await grantKinds(cluster);
  await defineDatabases(cluster);
});

after(() => cluster?.stop());

async function open(t: TestContext, name: string): Promise<Scene> {
  return openScene(t, cluster, name);
}

test("a watch that goes silent is given up and what it missed is caught up on", async (t) => {
  const scene = await open(t, "silent");
  const since = fastClock.now();
  scene.proxy.mute();
  await scene.churn("a");
  await scene.liftLimit();
  assert.deepEqual(scene.verdict(), ["enforce"]);
  await assertRecovery(t, scene, since);
  assert.deepEqual(scene.watchdog.states, ["readable"]);
  assert.ok(scene.cache.stats().every(({ reconnects, state }) => state === "absent" || reconnects));
});

test("watches that are silent and never answered again make the cache unreadable", async (t) => {
  const scene = await open(t, "unanswered");
  const lift = scene.proxy.fault(isWatch, { do: "hang" });
  scene.proxy.mute();
  await scene.churn("a");
  await scene.liftLimit();
  await assertGoesUnreadable(scene, /limitranges is stale: nothing heard for 30\d s/);
  await scene.churn("b");
  lift();
  await assertRecovery(t, scene, fastClock.now());
});

test("watches that open but carry nothing are replaced by lists", async (t) => {
  const scene = await open(t, "swallowed");
  const lift = scene.proxy.fault(isWatch, { do: "mute" });
  scene.proxy.mute();
  await scene.churn("a");
  await scene.liftLimit();
  await within(240, async () => (await scene.differences()).length === 0);
  await scene.churn("b");
  lift();
  await assertRecovery(t, scene, fastClock.now());
  assert.deepEqual(scene.watchdog.states, ["readable"]);
});

for (const [how, fault] of [
  ["is answered 410", answer(410)],
  ["opens with an ERROR event 410", errorEvent(410)],
] as const) {
  test(`a watch that ${how} for long costs a relist every 30 s at most`, async (t) => {
    const scene = await open(t, how.includes("event") ? "gone-event" : "gone");
    const lift = scene.proxy.fault((seen) => isWatch(seen) && about()(seen), fault);
    scene.proxy.drop();
    await scene.churn("a");
    await scene.liftLimit();
    await within(200, () =>
      scene.cache.stats().every(({ relists, state }) => state === "absent" || relists >= 3),
    );
    await scene.churn("b");
    lift();
    await assertRecovery(t, scene, fastClock.now());
    assert.deepEqual(scene.watchdog.states, ["readable"]);
  });
}

test("a continue token that expires between pages leaves the cache whole", async (t) => {
  const scene = await open(t, "continue");
  for (let at = 0; at < 520; at += 20) {
    const batch = Array.from({ length: 20 }, (_, index) => budget(`b${at + index}`));
    await Promise.all(batch.map((object) => create(cluster.request, scene.namespace, object)));
  }
  await scene.recovered(fastClock.now());
  const isNext: Match = (seen) => about(BUDGET)(seen) && seen.query.has("continue");
  const lifts = [
    scene.proxy.fault(isNext, answer(410)),
    scene.proxy.fault((seen) => isWatch(seen) && about(BUDGET)(seen), answer(410)),
  ];
  scene.proxy.drop(about(BUDGET));
  const place = pathOf(BUDGET).replace(/[^/]+$/, `namespaces/${scene.namespace}/$&`);
  await send(cluster.request, "DELETE", `${place}/b3`);
  await create(cluster.request, scene.namespace, budget("late"));
  await within(120, () => scene.proxy.requests.filter(isNext).length >= 2);
  assert.equal([...scene.cache.list(BUDGET)].length, 520);
  for (const lift of lifts) lift();
  await assertRecovery(t, scene, fastClock.now());
});

test("an event that is cut in the middle of its line comes with the next watch", async (t) => {
  const scene = await open(t, "cut");
  scene.proxy.cutNext();
  const since = fastClock.now();
  await scene.churn("a");
  scene.proxy.cutNext();
  await scene.liftLimit();
  await scene.churn("b");
  await assertRecovery(t, scene, since);
  assert.deepEqual(scene.watchdog.states, ["readable"]);
});

test("garbage in watches, time and again, loses no event", async (t) => {
  const scene = await open(t, "garbage");
  const until = fastClock.now() + 100_000;
  await scene.churn("a");
  await scene.liftLimit();
  while (fastClock.now() < until) {
    scene.proxy.send('{"type":"ADDED","object":{"meta\n');
    await pause(20);
  }
  await scene.churn("b");
  await assertRecovery(t, scene, fastClock.now());
  assert.deepEqual(scene.watchdog.states, ["readable"]);
});

test("a storm of 429 is waited out as Retry-After says", async (t) => {
  const scene = await open(t, "storm");
  const lift = scene.proxy.fault(() => true, answer(429, { "retry-after": "5" }));
  scene.proxy.drop();
  await scene.churn("a");
  await scene.liftLimit();
  await assertGoesUnreadable(scene, /limitranges is stale/);
  const asked = scene.proxy.requests.filter((seen) => seen.status === 429);
  for (const path of KINDS.map(pathOf)) {
    const times = asked.filter((seen) => seen.path === path).map(({ at }) => at / 1000);
    for (const [index, at] of times.slice(1).entries()) {
      assert.ok(at - (times[index] ?? 0) >= 4.9);
    }
  }
  lift();
  await assertRecovery(t, scene, fastClock.now());
});

test("a revoked token makes the cache unreadable until the file holds a new one", async (t) => {
  const scene = await open(t, "token");
  await scene.login.revoke();
  // The API server believes a token for ten seconds after it last looked.
  await pause(11_000);
  scene.proxy.drop();
  await scene.churn("a");
  await scene.liftLimit();
  await assertGoesUnreadable(scene, /limitranges is stale/);
  const { problem } = scene.cache.stats().find(({ kind }) => kind === LIMIT_RANGE) ?? {};
  assert.match(problem ?? "", /does not accept the credentials/);
  await scene.login.renew();
  await assertRecovery(t, scene, fastClock.now());
});

test("a permission that is taken away is named and used again once it is granted", async (t) => {
  const scene = await open(t, "rbac");
  await revokeLimits(cluster, scene.namespace);
  await pause(500);
  scene.proxy.drop(about(LIMIT_RANGE));
  await scene.churn("a");
  await scene.liftLimit();
  await assertGoesUnreadable(scene, /^cannot watch limitranges: needs permission "watch"/);
  assert.equal(scene.cache.readability("Deployment.apps"), "readable");
  await grantLimits(cluster, scene.namespace);
  await assertRecovery(t, scene, fastClock.now());
});

test("a kind that is removed counts as empty and is read again when it returns", async (t) => {
  const scene = await open(t, "crd");
  const { request } = cluster;
  const since = fastClock.now();
  await removeDatabases(cluster);
  await within(120, () => scene.cache.readability(CLUSTER) === "absent");
  assert.deepEqual([...scene.cache.list(CLUSTER)], []);
  t.diagnostic(`absent after ${(fastClock.now() - since) / 1000} s of the guard's clock`);
  await eventually(async () => (await request("GET", pathOf(CLUSTER))).status === 404);
  await defineDatabases(cluster);
  await create(request, scene.namespace, database("again"));
  await create(request, scene.namespace, database("changed"));
  await assertRecovery(t, scene, fastClock.now());
  // Removed and brought back between two looks.
  await removeDatabases(cluster);
  await defineDatabases(cluster);
  await create(request, scene.namespace, database("once-more"));
  await assertRecovery(t, scene, fastClock.now());
});

test("an API server that dies and returns is caught up with", async (t) => {
  const mortal = await cluster.addApiServer();
  const scene = await open(t, "restart");
  scene.proxy.setUpstream(mortal.server);
  scene.proxy.drop();
  await within(120, () => scene.proxy.watches() === KINDS.length - 1);
  await mortal.stop("SIGKILL");
  await scene.churn("a");
  await scene.liftLimit();
  await assertGoesUnreadable(scene, /limitranges is stale/);
  await scene.churn("b");
  const next = await cluster.addApiServer();
  scene.proxy.setUpstream(next.server);
  await assertRecovery(t, scene, fastClock.now());
});

test("an API server that restarts at once is caught up with", async (t) => {
  const old = await cluster.addApiServer();
  const scene = await open(t, "rolling");
  scene.proxy.setUpstream(old.server);
  scene.proxy.drop();
  await within(120, () => scene.proxy.watches() === KINDS.length - 1);
  const since = fastClock.now();
  await Promise.all([old.stop("SIGTERM"), scene.churn("a")]);
  scene.proxy.setUpstream(cluster.server);
  await scene.liftLimit();
  await assertRecovery(t, scene, since);
});

test("watches that open and fail at once are no sign of life", async (t) => {
  const scene = await open(t, "failing");
  const lifts = [
    scene.proxy.fault((seen) => isWatch(seen) && about()(seen), errorEvent(500)),
    scene.proxy.fault((seen) => !isWatch(seen) && about()(seen), answer(500)),
  ];
  scene.proxy.drop();
  await scene.churn("a");
  await scene.liftLimit();
  await assertGoesUnreadable(scene, /limitranges is stale/);
  for (const lift of lifts) lift();
  await assertRecovery(t, scene, fastClock.now());
});

test("a 404 from something that is not the API server makes no kind absent", async (t) => {
  const scene = await open(t, "lost");
  const lift = scene.proxy.fault(() => true, { do: "answer", status: 404, body: "no backend" });
  scene.proxy.drop();
  await scene.churn("a");
  await scene.liftLimit();
  await within(400, () => scene.cache.readability(LIMIT_RANGE) !== "readable");
  assert.equal(scene.cache.readability(LIMIT_RANGE), "unreadable");
  lift();
  await assertRecovery(t, scene, fastClock.now());
  assert.ok(!scene.watchdog.states.includes("absent"));
});
