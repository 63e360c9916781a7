import assert from "node:assert/strict";
import { test } from "node:test";
import { ServedResources } from "../../../src/adapters/kube/served-resources.ts";
import { FakeApiServer } from "./fake-api-server.ts";
import { FakeClock } from "./fake-clock.ts";
import { connectTo, settle, until } from "./support.ts";

const DEPLOYMENTS = "/apis/apps/v1/deployments";
const CLUSTERS = { group: "postgresql.cnpg.io", plural: "clusters" };
const POOLERS = { group: "postgresql.cnpg.io", plural: "poolers" };

async function setup() {
  const server = await FakeApiServer.start("/api/v1/pods", DEPLOYMENTS);
  const clock = new FakeClock();
  const connection = connectTo(server.url);
  const abort = new AbortController();
  const dispose = async () => {
    abort.abort();
    connection.close();
    await server.stop();
  };
  const served = new ServedResources({ connection, clock });
  return { server, clock, served, abort, signal: abort.signal, [Symbol.asyncDispose]: dispose };
}

test("served resources are told in every version, of the core group as well", async () => {
  await using it = await setup();
  it.server.serve("/apis/apps/v1beta2/deployments");
  const ask = (group: string, plural: string) =>
    it.served.versionsOf({ group, plural }, 1_000, it.signal);
  assert.deepEqual(await ask("apps", "deployments"), ["v1", "v1beta2"]);
  assert.deepEqual(await ask("apps", "statefulsets"), []);
  assert.deepEqual(await ask("velero.io", "backups"), []);
  assert.deepEqual(await ask("", "pods"), ["v1"]);
  assert.deepEqual(
    it.server.requests.map(({ path }) => path),
    ["/apis", "/api"],
  );
});

test("served resources are read once for all who ask at once, and anew when that is old", async () => {
  await using it = await setup();
  const ask = () => it.served.versionsOf(CLUSTERS, 1_000, it.signal);
  await Promise.all([ask(), ask(), ask()]);
  assert.equal(it.server.requests.length, 1);
  it.server.serve("/apis/postgresql.cnpg.io/v1/clusters");
  assert.deepEqual(await ask(), []);
  it.clock.advance(1_000);
  assert.deepEqual(await ask(), ["v1"]);
  assert.equal(it.server.requests.length, 2);
});

test("served resources that did not change are not sent again", async () => {
  await using it = await setup();
  const statuses: unknown[] = [];
  it.server.fault((_, response) => {
    response.on("finish", () => statuses.push(response.statusCode));
    return false;
  });
  for (let look = 0; look < 2; look++) await it.served.versionsOf(CLUSTERS, 0, it.signal);
  assert.deepEqual(
    await it.served.versionsOf({ group: "apps", plural: "deployments" }, 0, it.signal),
    ["v1"],
  );
  assert.deepEqual(statuses, [200, 304, 304]);
});

test("all who wait for resources share one look, every 30 s in the end", async () => {
  await using it = await setup();
  const come: string[] = [];
  for (const resource of [CLUSTERS, POOLERS]) {
    void it.served
      .untilOther(resource, [], it.signal)
      .then(() => come.push(resource.plural), assert.fail);
  }
  let looks = 0;
  for (const wait of [937.5, 1_875, 3_750, 7_500, 15_000, 30_000, 30_000]) {
    await until(() => it.clock.pending().includes(wait));
    assert.deepEqual(it.clock.pending(), [wait]);
    it.clock.advance(wait);
    looks += 1;
    await until(() => it.server.requests.length === looks);
  }
  it.server.serve("/apis/postgresql.cnpg.io/v1/poolers");
  await until(() => it.clock.pending().includes(30_000));
  it.clock.advance(30_000);
  await until(() => come.length === 1);
  await settle();
  assert.deepEqual(come, ["poolers"]);
  assert.equal(it.server.requests.length, looks + 1);
});

test("waiting for a resource ends with the signal", async () => {
  await using it = await setup();
  const waiting = it.served.untilOther(CLUSTERS, [], it.signal);
  it.abort.abort();
  await assert.doesNotReject(waiting);
  assert.deepEqual(it.server.requests, []);
});

test("a group whose own API server is silent is not taken for an empty one", async () => {
  await using it = await setup();
  const versions = [{ version: "v1beta1", freshness: "Stale" }];
  const items = [{ metadata: { name: "metrics.k8s.io" }, versions }];
  const body = JSON.stringify({ kind: "APIGroupDiscoveryList", items });
  it.server.fail(() => true, 200, { body });
  const asked = it.served.versionsOf({ group: "metrics.k8s.io", plural: "pods" }, 0, it.signal);
  await assert.rejects(asked, /check APIService v1beta1\.metrics\.k8s\.io/);
});

const STRANGERS: readonly (readonly [string, number, string])[] = [
  ["a list of groups alone", 200, '{"kind":"APIGroupList","groups":[]}'],
  ["no JSON", 200, "<html>"],
  ["no items", 200, '{"kind":"APIGroupDiscoveryList"}'],
  ["404", 404, "default backend"],
];

for (const [what, status, body] of STRANGERS) {
  test(`what is served is unknown when the answer is ${what}`, async () => {
    await using it = await setup();
    it.server.fail(() => true, status, { body });
    const asked = it.served.versionsOf(CLUSTERS, 0, it.signal);
    await assert.rejects(asked, { code: "server-error", message: /what stands between/ });
  });
}
