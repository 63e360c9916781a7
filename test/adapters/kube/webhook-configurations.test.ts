import assert from "node:assert/strict";
import { test } from "node:test";
import { WebhookWriter } from "../../../src/adapters/kube/webhook-configurations.ts";
import type { JsonObject } from "../../../src/kubernetes/json.ts";
import { entryNames, FakeApiServer } from "./fake-api-server.ts";
import { FakeClock } from "./fake-clock.ts";
import { connectTo, half, memoryLogger, settle, until } from "./support.ts";

const GROUP = "/apis/admissionregistration.k8s.io/v1";
const MUTATING = `${GROUP}/mutatingwebhookconfigurations`;
const VALIDATING = `${GROUP}/validatingwebhookconfigurations`;
const BUNDLE = btoa("CA");

async function setup() {
  const server = await FakeApiServer.start(MUTATING, VALIDATING);
  const clock = new FakeClock();
  const connection = connectTo(server.url);
  const logger = memoryLogger();
  const writer = new WebhookWriter({ connection, clock, logger, random: half });
  const abort = new AbortController();
  const dispose = async () => {
    abort.abort();
    connection.close();
    await server.stop();
  };
  return {
    server,
    clock,
    writer,
    logger,
    start: () => writer.start(abort.signal),
    writes: () => server.requests.filter(({ method }) => method === "PATCH"),
    [Symbol.asyncDispose]: dispose,
  };
}

type Setup = Awaited<ReturnType<typeof setup>>;

function entry(name: string, rest: object = {}): JsonObject {
  return {
    name: `${name}.guard.keymate.io`,
    clientConfig: { caBundle: BUNDLE, service: { name: "keymate-guard" } },
    rules: [{ operations: ["CREATE"] }],
    ...rest,
  };
}

function empty(): JsonObject {
  return { metadata: { name: "keymate-guard" } };
}

function live(it: Setup, path = VALIDATING): JsonObject | undefined {
  return it.server.get(`${path}/keymate-guard`);
}

/** Lets pending writes happen: none waits longer than half of 30 s here. */
async function untilInSync(it: Setup): Promise<void> {
  await until(() => {
    const waits = it.clock.pending().filter((ms) => ms <= 15_000);
    if (waits.length > 0) it.clock.advance(Math.max(...waits));
    return it.writer.inSync;
  });
}

async function started(): Promise<Setup> {
  const it = await setup();
  it.server.put(MUTATING, empty());
  it.server.put(VALIDATING, empty());
  it.writer.setDesired({ mutating: [entry("m")], validating: [entry("a"), entry("b")] });
  it.start();
  await untilInSync(it);
  await until(() => it.server.watchers === 2);
  return it;
}

test("a webhook writer fills the empty configurations by server-side apply", async () => {
  await using it = await started();
  assert.deepEqual(entryNames(live(it, MUTATING)), ["m.guard.keymate.io"]);
  assert.deepEqual(entryNames(live(it)), ["a.guard.keymate.io", "b.guard.keymate.io"]);
  assert.equal(it.writer.lastError, undefined);
  const [write] = it.writes();
  assert.equal(write?.headers["content-type"], "application/apply-patch+yaml");
  assert.equal(write?.query.get("fieldManager"), "keymate-guard");
  assert.equal(write?.query.get("force"), "true");
});

test("a webhook writer that finds everything in place writes nothing", async () => {
  await using it = await started();
  const writes = it.writes().length;
  it.writer.setDesired({ mutating: [entry("m")], validating: [entry("a"), entry("b")] });
  it.server.bookmark();
  await settle();
  assert.equal(it.writer.inSync, true);
  assert.equal(it.writes().length, writes);
});

test("a webhook writer never creates a configuration and says so once", async () => {
  await using it = await setup();
  it.server.put(MUTATING, empty());
  it.writer.setDesired({ mutating: [entry("m")], validating: [entry("a")] });
  it.start();
  await untilInSync(it);
  assert.equal(live(it), undefined);
  assert.deepEqual(it.writer.existing(), ["mutating"]);
  const lines = it.logger.lines.filter(({ message }) => message.includes("leaving it alone"));
  assert.equal(lines.length, 1);
});

test("a webhook writer that may not see a configuration says which permission is missing", async () => {
  await using it = await setup();
  it.server.fail(({ path }) => path === VALIDATING, 403);
  it.start();
  await until(() => it.writer.lastError !== undefined);
  assert.match(
    it.writer.lastError ?? "",
    /^cannot list validatingwebhookconfigurations keymate-guard: needs permission "list"/,
  );
  it.server.put(VALIDATING, empty());
  it.clock.advance(30_000);
  await until(() => it.writer.existing() !== undefined);
  assert.equal(it.writer.lastError, undefined);
});

test("a webhook writer leaves a deleted configuration deleted, and fills it when it is back", async () => {
  await using it = await started();
  it.server.remove(`${VALIDATING}/keymate-guard`);
  await until(() => it.writer.existing()?.length === 1);
  await settle();
  assert.equal(live(it), undefined);
  it.server.put(VALIDATING, empty());
  await until(() => it.writer.existing()?.length === 2);
  await untilInSync(it);
  assert.equal(entryNames(live(it)).length, 2);
});

const sabotage: Record<string, (webhooks: JsonObject[]) => JsonObject[]> = {
  "a blanked caBundle": (webhooks) =>
    webhooks.map((webhook) => ({ ...webhook, clientConfig: { caBundle: "" } })),
  "a deleted entry": (webhooks) => webhooks.slice(1),
  "no entries at all": () => [],
  "a widened selector": (webhooks) =>
    webhooks.map((webhook) => ({ ...webhook, rules: [{ operations: ["DELETE"] }] })),
};

for (const [name, change] of Object.entries(sabotage)) {
  test(`a webhook writer repairs ${name}`, async () => {
    await using it = await started();
    const before = live(it)?.["webhooks"] as JsonObject[];
    it.server.put(VALIDATING, { ...live(it), webhooks: change(before) });
    await until(() => !it.writer.inSync);
    await untilInSync(it);
    const after = live(it)?.["webhooks"] as JsonObject[];
    assert.partialDeepStrictEqual(
      after.toSorted((a, b) => String(a["name"]).localeCompare(String(b["name"]))),
      [entry("a"), entry("b")],
    );
  });
}

test("a webhook writer leaves foreign entries and foreign fields alone", async () => {
  await using it = await started();
  const foreign = { name: "other.example.com", clientConfig: { caBundle: BUNDLE } };
  const webhooks = live(it)?.["webhooks"] as JsonObject[];
  const withField = webhooks.map((webhook) => ({ ...webhook, matchPolicy: "Exact" }));
  it.server.put(VALIDATING, { ...live(it), webhooks: [...withField, foreign] });
  await until(() => it.writer.live()?.length === 4);
  assert.equal(it.writer.inSync, true);
  it.writer.setDesired({ mutating: [entry("m")], validating: [entry("b")] });
  await untilInSync(it);
  assert.deepEqual(entryNames(live(it)), ["b.guard.keymate.io", "other.example.com"]);
});

test("a webhook writer removes an entry and a field that are no longer desired", async () => {
  await using it = await started();
  const selector = { objectSelector: { matchLabels: { a: "b" } } };
  it.writer.setDesired({ mutating: [], validating: [entry("a", selector)] });
  await untilInSync(it);
  assert.deepEqual(entryNames(live(it, MUTATING)), []);
  assert.deepEqual(entryNames(live(it)), ["a.guard.keymate.io"]);
  it.writer.setDesired({ mutating: [], validating: [entry("a")] });
  assert.equal(it.writer.inSync, false);
  await untilInSync(it);
});

test("a webhook writer refuses an entry without caBundle and keeps what it had", async () => {
  await using it = await started();
  const blank = entry("a", { clientConfig: { caBundle: "" } });
  it.writer.setDesired({ mutating: [], validating: [blank] });
  assert.equal(it.writer.inSync, false);
  assert.equal(it.writer.lastError, "webhook entry a.guard.keymate.io has no caBundle");
  await settle();
  assert.equal(entryNames(live(it)).length, 2);
  it.writer.setDesired({ mutating: [entry("m")], validating: [entry("a"), entry("b")] });
  assert.equal(it.writer.lastError, undefined);
  assert.equal(it.writer.inSync, true);
});

test("a webhook writer does not claim to have written what is gone", async () => {
  await using it = await started();
  const written = () => it.logger.lines.filter(({ message }) => message.endsWith(" written"));
  const before = written().length;
  it.server.fail(({ method }) => method === "PATCH", 404);
  it.writer.setDesired({ mutating: [entry("m")], validating: [entry("c")] });
  await untilInSync(it);
  assert.deepEqual(it.writer.existing(), ["mutating"]);
  assert.equal(written().length, before);
});

test("a webhook writer reads again after a conflict", async () => {
  await using it = await started();
  it.server.fail(({ method }) => method === "PATCH", 409);
  const writes = it.writes().length;
  it.writer.setDesired({ mutating: [entry("m")], validating: [entry("c")] });
  await untilInSync(it);
  assert.equal(it.writes().length, writes + 2);
});

test("a webhook writer without permission reports it and writes when it is granted", async () => {
  await using it = await started();
  it.server.fail(({ method }) => method === "PATCH", 403, { times: 3 });
  it.writer.setDesired({ mutating: [entry("m")], validating: [entry("c")] });
  await until(() => {
    it.clock.advance(400);
    return it.writer.lastError !== undefined;
  });
  assert.match(it.writer.lastError ?? "", /needs permission "patch" on validatingwebhook/);
  await untilInSync(it);
  assert.equal(it.writer.lastError, undefined);
});

test("a webhook writer slows down when somebody undoes each of its writes, not at once", async () => {
  await using it = await started();
  const waits: number[] = [];
  for (let round = 0; round < 12; round += 1) {
    it.server.put(VALIDATING, { ...live(it), webhooks: [] });
    await until(() => it.clock.pending().some((ms) => ms <= 15_000));
    const wait = Math.min(...it.clock.pending());
    waits.push(wait);
    it.clock.advance(wait);
    await until(() => it.writer.inSync);
  }
  assert.deepEqual(waits.slice(0, 5), [400, 400, 400, 400, 400]);
  assert.deepEqual(waits.slice(5), [800, 1600, 3200, 6400, 12_800, 15_000, 15_000]);
});

test("a webhook writer is none the slower for what another replica repaired", async () => {
  await using it = await started();
  for (let round = 0; round < 12; round += 1) {
    const whole = live(it);
    it.server.put(VALIDATING, { ...whole, webhooks: [] });
    await until(() => !it.writer.inSync && it.clock.pending().some((ms) => ms <= 15_000));
    assert.equal(Math.min(...it.clock.pending()), 400);
    it.server.put(VALIDATING, whole ?? {});
    await until(() => it.writer.inSync);
    it.clock.advance(400);
    await settle();
  }
  assert.equal(it.writes().length, 2, "what started() wrote");
});

test("a webhook writer shows the bundles that are live", async () => {
  await using it = await started();
  assert.deepEqual(it.writer.live()?.[0], {
    configuration: "mutating",
    name: "m.guard.keymate.io",
    caBundle: "CA",
    failurePolicy: "",
  });
});

test("a webhook writer counts what it wanted anew apart from what somebody else had changed", async () => {
  await using it = await started();
  const outcomes = () => it.writer.writes().map((one) => one.outcomes);
  assert.deepEqual(outcomes(), [
    { change: 1, repair: 0, failed: 0 },
    { change: 1, repair: 0, failed: 0 },
  ]);
  it.server.put(VALIDATING, { ...live(it), webhooks: [entry("a", { timeoutSeconds: 1 })] });
  await until(() => !it.writer.inSync);
  it.writer.setDesired({ mutating: [entry("m")], validating: [entry("a"), entry("b")] });
  await untilInSync(it);
  it.writer.setDesired({ mutating: [entry("n")], validating: [entry("a"), entry("b")] });
  await untilInSync(it);
  assert.deepEqual(outcomes(), [
    { change: 2, repair: 0, failed: 0 },
    { change: 1, repair: 1, failed: 0 },
  ]);
});
