import assert from "node:assert/strict";
import { test } from "node:test";
import { ClusterCache } from "../../../src/adapters/kube/cluster-cache.ts";
import { FakeApiServer, isList } from "./fake-api-server.ts";
import { FakeClock } from "./fake-clock.ts";
import { connectTo, half, memoryLogger, settle, until } from "./support.ts";

const NAMESPACES = "/api/v1/namespaces";
const DEPLOYMENTS = "/apis/apps/v1/deployments";

async function setup(prepare: (server: FakeApiServer) => void = () => {}) {
  const server = await FakeApiServer.start(NAMESPACES, DEPLOYMENTS);
  prepare(server);
  const clock = new FakeClock();
  const connection = connectTo(server.url);
  const kinds = [
    "Namespace",
    "Deployment.apps",
    "Cluster.postgresql.cnpg.io",
    "PeerAuthentication.security.istio.io",
  ];
  const logger = memoryLogger();
  const cache = new ClusterCache({ connection, kinds, clock, logger, random: half });
  const abort = new AbortController();
  const dispose = async () => {
    abort.abort();
    connection.close();
    await server.stop();
  };
  return {
    server,
    clock,
    cache,
    logger,
    start: () => cache.start(abort.signal),
    [Symbol.asyncDispose]: dispose,
  };
}

function deployment(name: string, namespace: string) {
  return { metadata: { name, namespace }, spec: { replicas: 2, minReadySeconds: 5 } };
}

function names(objects: Iterable<unknown>): string[] {
  return [...objects].map((object) => (object as { metadata: { name: string } }).metadata.name);
}

test("a cluster cache is unreadable until it is synced", async () => {
  await using it = await setup((server) => server.put(NAMESPACES, { metadata: { name: "a" } }));
  assert.equal(it.cache.readability("Namespace"), "unreadable");
  assert.equal(it.cache.reason("Namespace"), "the cache of namespaces is not synced yet");
  assert.equal(it.cache.synced(), false);
  it.start();
  await until(() => it.cache.synced());
  assert.equal(it.cache.readability("Namespace"), "readable");
  assert.equal(it.cache.reason("Namespace"), undefined);
  assert.deepEqual(it.cache.pending(), []);
});

test("a cluster cache calls a kind without CustomResourceDefinition absent", async () => {
  await using it = await setup();
  it.start();
  await until(() => it.cache.readability("Cluster.postgresql.cnpg.io") === "absent");
  assert.equal(it.cache.reason("Cluster.postgresql.cnpg.io"), undefined);
  assert.deepEqual([...it.cache.list("Cluster.postgresql.cnpg.io")], []);
});

test("a cluster cache cannot read a kind that is served in another version only", async () => {
  await using it = await setup((server) =>
    server.serve("/apis/postgresql.cnpg.io/v1beta1/clusters"),
  );
  it.start();
  await until(() => it.cache.synced());
  assert.equal(it.cache.readability("Cluster.postgresql.cnpg.io"), "unreadable");
  assert.match(
    it.cache.reason("Cluster.postgresql.cnpg.io") ?? "",
    /^clusters.postgresql.cnpg.io is served as v1beta1, not as v1;/,
  );
});

const PEERS = "/apis/security.istio.io/v1beta1/peerauthentications";

/** Istio before 1.22: a version that we can read, but not the one that is asked for first. */
function serveOlderIstio(server: FakeApiServer) {
  server.serve(PEERS);
}

test("a cluster cache reads a kind in the version that is served", async () => {
  await using it = await setup(serveOlderIstio);
  const peers = () => [...it.cache.list("PeerAuthentication.security.istio.io")];
  it.start();
  await until(() => it.cache.pending().length === 1);
  it.server.put(PEERS, { metadata: { name: "strict", namespace: "a" }, spec: {} });
  await until(() => {
    it.clock.advance(500);
    return it.cache.synced() && peers().length === 1;
  });
  assert.equal(it.cache.readability("PeerAuthentication.security.istio.io"), "readable");
});

test("a cluster cache picks up a kind whose CustomResourceDefinition comes later", async () => {
  await using it = await setup();
  it.start();
  await until(() => it.cache.readability("PeerAuthentication.security.istio.io") === "absent");
  serveOlderIstio(it.server);
  await until(() => {
    it.clock.advance(5000);
    return it.cache.readability("PeerAuthentication.security.istio.io") === "readable";
  });
});

test("kinds that are missing are listed once, then looked for by one request together", async () => {
  await using it = await setup();
  it.start();
  await until(() => it.cache.synced());
  await until(() => it.clock.pending().includes(937.5));
  const before = it.server.requests.length;
  it.clock.advance(937.5);
  await until(() => it.clock.pending().includes(1_875));
  await settle();
  const since = it.server.requests.slice(before);
  assert.deepEqual(
    since.map(({ path }) => path),
    ["/apis"],
  );
});

test("a cluster cache is stale after five minutes without a sign of life", async () => {
  await using it = await setup();
  it.start();
  await until(() => it.cache.synced() && it.server.watchers === 2);
  it.server.fault((_, response) => {
    response.destroy();
    return true;
  });
  for (let step = 0; step < 4; step += 1) {
    it.clock.advance(75_000);
    await settle();
  }
  assert.equal(it.cache.readability("Namespace"), "readable");
  it.clock.advance(1000);
  assert.equal(it.cache.readability("Namespace"), "unreadable");
  assert.match(it.cache.reason("Namespace") ?? "", /is stale: nothing heard for 301 s/);
  assert.equal(it.cache.synced(), true);
});

test("a cluster cache without permission says which one is missing and counts as synced", async () => {
  await using it = await setup((server) =>
    server.fail((request) => isList(request) && request.path === DEPLOYMENTS, 403),
  );
  it.start();
  await until(() => it.cache.synced());
  assert.equal(it.cache.readability("Deployment.apps"), "unreadable");
  assert.match(
    it.cache.reason("Deployment.apps") ?? "",
    /cannot list deployments.apps: needs permission "list"/,
  );
});

test("a cluster cache gets and lists by namespace, cut to what rules read", async () => {
  await using it = await setup((server) => {
    server.put(NAMESPACES, { metadata: { name: "a" } });
    for (const [name, namespace] of [
      ["x", "a"],
      ["y", "a"],
      ["x", "b"],
    ] as const) {
      server.put(DEPLOYMENTS, deployment(name, namespace));
    }
  });
  it.start();
  await until(() => it.cache.synced());
  assert.deepEqual(names(it.cache.list("Deployment.apps")).sort(), ["x", "x", "y"]);
  const inA = it.cache.list("Deployment.apps", "a");
  assert.deepEqual(names(inA), ["x", "y"]);
  assert.deepEqual(names(inA), ["x", "y"]);
  assert.deepEqual(names(it.cache.list("Deployment.apps", "none")), []);
  assert.deepEqual(names(it.cache.list("Namespace", "ignored")), ["a"]);
  assert.equal(it.cache.get("Namespace", "ignored", "a")?.["kind"], "Namespace");
  assert.deepEqual(it.cache.get("Deployment.apps", "b", "x")?.["spec"], { replicas: 2 });
  assert.equal(it.cache.get("Deployment.apps", "b", "y"), undefined);
  const stats = it.cache.stats().map(({ kind, objects, synced }) => [kind, objects, synced]);
  assert.deepEqual(stats, [
    ["Namespace", 1, true],
    ["Deployment.apps", 3, true],
    ["Cluster.postgresql.cnpg.io", 0, true],
    ["PeerAuthentication.security.istio.io", 0, true],
  ]);
});

test("waiting for an object ends when the watch brings it", async () => {
  await using it = await setup();
  it.start();
  await until(() => it.cache.synced() && it.server.watchers === 2);
  const wait = it.cache.waitFor("Namespace", "", "late", 1000);
  it.server.put(NAMESPACES, { metadata: { name: "late", labels: { a: "b" } } });
  assert.deepEqual(names([await wait]), ["late"]);
  assert.deepEqual(names([await it.cache.waitFor("Namespace", "", "late", 1000)]), ["late"]);
});

test("waiting for an object ends with nothing when the time is over", async () => {
  await using it = await setup();
  it.start();
  await until(() => it.cache.synced());
  const wait = it.cache.waitFor("Namespace", "", "never", 1000);
  it.clock.advance(1000);
  assert.equal(await wait, undefined);
});

test("waiting for an object of an unreadable kind does not wait", async () => {
  await using it = await setup();
  assert.equal(await it.cache.waitFor("Namespace", "", "a", 1000), undefined);
  assert.equal(await it.cache.waitFor("Unknown", "", "a", 1000), undefined);
  assert.equal(it.cache.reason("Unknown"), "Unknown is not watched");
});

test("a cluster cache asks for metadata only where rules read nothing else", async () => {
  await using it = await setup();
  it.start();
  await until(() => it.cache.synced());
  const accept = (path: string) =>
    it.server.requests.find((request) => request.path === path)?.headers.accept ?? "";
  assert.match(accept(NAMESPACES), /as=PartialObjectMetadataList;g=meta.k8s.io;v=v1/);
  assert.equal(accept(DEPLOYMENTS), "application/json");
});

test("a cluster cache refuses a kind that the table of kinds does not know", () => {
  const [clock, logger] = [new FakeClock(), memoryLogger()];
  const options = { connection: connectTo("http://127.0.0.1:1"), clock, logger, random: half };
  assert.throws(() => new ClusterCache({ ...options, kinds: ["Nonsense"] }), /Nonsense is not in/);
});
