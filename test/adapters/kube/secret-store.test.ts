import assert from "node:assert/strict";
import { test } from "node:test";
import { createSecretStore } from "../../../src/adapters/kube/secret-store.ts";
import type { SecretSnapshot } from "../../../src/usecases/ports/secret-store.ts";
import { FakeApiServer } from "./fake-api-server.ts";
import { FakeClock } from "./fake-clock.ts";
import { connectTo, half, memoryLogger, until } from "./support.ts";

const PATH = "/api/v1/secrets";
const OBJECT = "/api/v1/namespaces/guard/secrets/certs";

async function setup() {
  const server = await FakeApiServer.start(PATH);
  const connection = connectTo(server.url);
  const logger = memoryLogger();
  const options = { connection, namespace: "guard", name: "certs", clock: new FakeClock(), logger };
  const abort = new AbortController();
  const dispose = async () => {
    abort.abort();
    connection.close();
    await server.stop();
  };
  return {
    server,
    logger,
    signal: abort.signal,
    store: createSecretStore({ ...options, random: half }),
    [Symbol.asyncDispose]: dispose,
  };
}

function secret(name: string, data: Record<string, string> = {}, annotations: object = {}) {
  const encoded = Object.entries(data).map(([key, value]) => [key, btoa(value)]);
  return {
    metadata: { name, namespace: "guard", annotations },
    data: Object.fromEntries(encoded),
  };
}

test("a secret store reads decoded data, annotations and version", async () => {
  await using it = await setup();
  it.server.put(PATH, secret("certs", { "tls.crt": "PEM" }, { a: "b" }));
  assert.deepEqual(await it.store.read(), {
    resourceVersion: "101",
    annotations: { a: "b" },
    labels: {},
    data: { "tls.crt": "PEM" },
  });
  assert.equal(it.store.description, "secret guard/certs");
});

test("a secret store reads an absent secret as undefined", async () => {
  await using it = await setup();
  assert.equal(await it.store.read(), undefined);
});

test("a secret store that may not read says which permission is missing", async () => {
  await using it = await setup();
  it.server.fail(() => true, 403);
  await assert.rejects(it.store.read(), {
    code: "forbidden",
    message: /^cannot get secret guard\/certs: needs permission "get"/,
  });
});

test("a secret store writes its keys and leaves others", async () => {
  await using it = await setup();
  it.server.put(PATH, secret("certs", { other: "kept" }, { old: "kept" }));
  const change = { data: { "ca.crt": "CA" }, annotations: { generation: "2" } };
  const result = await it.store.write(change, "101");
  assert.deepEqual(result, {
    outcome: "written",
    secret: {
      resourceVersion: "102",
      annotations: { old: "kept", generation: "2" },
      labels: {},
      data: { other: "kept", "ca.crt": "CA" },
    },
  });
});

test("a secret store reports a conflict when somebody wrote in between", async () => {
  await using it = await setup();
  it.server.put(PATH, secret("certs"));
  it.server.put(PATH, secret("certs", { a: "b" }));
  const change = { data: {}, annotations: {} };
  assert.deepEqual(await it.store.write(change, "101"), { outcome: "conflict" });
});

test("a secret store reports an absent secret on writing", async () => {
  await using it = await setup();
  assert.deepEqual(await it.store.write({ data: {}, annotations: {} }, "1"), { outcome: "absent" });
});

test("a watched secret calls back for its first state, changes and deletion only", async () => {
  await using it = await setup();
  const seen: (SecretSnapshot | undefined)[] = [];
  it.store.watch((snapshot) => seen.push(snapshot), it.signal);
  await until(() => it.server.watchers === 1);
  it.server.put(PATH, secret("other", { a: "x" }));
  it.server.put(PATH, secret("certs", { a: "1" }));
  it.server.put(PATH, secret("certs", { a: "2" }));
  it.server.remove(OBJECT);
  await until(() => seen.length === 4);
  assert.deepEqual(
    seen.map((snapshot) => snapshot?.data["a"]),
    [undefined, "1", "2", undefined],
  );
  const selectors = it.server.requests.map((request) => request.query.get("fieldSelector"));
  assert.deepEqual(new Set(selectors), new Set(["metadata.name=certs"]));
});

test("a watched secret survives a listener that throws", async () => {
  await using it = await setup();
  it.server.put(PATH, secret("certs"));
  let calls = 0;
  const fail = () => {
    calls += 1;
    throw new Error("listener");
  };
  it.store.watch(fail, it.signal);
  await until(() => it.server.watchers === 1);
  it.server.put(PATH, secret("certs", { a: "1" }));
  await until(() => calls === 2);
  assert.equal(it.logger.lines.filter(({ level }) => level === "error").length, 2);
});
