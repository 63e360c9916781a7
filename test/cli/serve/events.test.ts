import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite, type TestContext, test } from "node:test";
import type { CertificateSet } from "../../../src/adapters/certs/certificate-set.ts";
import { FileSource } from "../../../src/adapters/certs/file-source.ts";
import type { ApiRequest, Connection } from "../../../src/adapters/kube/api-client.ts";
import { openEvents, watchCertificate } from "../../../src/cli/serve/events.ts";
import type { Place } from "../../../src/cli/serve/place.ts";
import { StaticView } from "../../../src/engine/static-view.ts";
import { ownObject } from "../../../src/kubernetes/json.ts";
import type { CertificateSource } from "../../../src/usecases/ports/certificate-source.ts";
import { DAY, MINUTE, makeSet, NAMES, SECOND } from "../../adapters/certs/support/certificates.ts";
import { FakeClock, settle } from "../../adapters/certs/support/fake-clock.ts";
import { FakeLogger } from "../../adapters/certs/support/fake-logger.ts";
import { scratch, untilEnd } from "../../adapters/certs/support/scratch.ts";
import { SecretBench } from "../../adapters/certs/support/secret-bench.ts";

const DEPLOYMENT = {
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "keymate-guard", namespace: "guard", uid: "u-1" },
};

/** A guard's Events about its certificate, as the API server is asked to keep them. */
async function watched(t: TestContext, source: CertificateSource, clock: FakeClock) {
  const requests: ApiRequest[] = [];
  const connection: Connection = {
    server: "https://fake",
    namespace: "guard",
    request: (request) => {
      requests.push(request);
      return Promise.resolve({ status: 201, headers: {}, body: "{}", bytes: 2 });
    },
    stream: () => Promise.reject(new Error("no watch here")),
    close: () => {},
  };
  const place: Place = {
    connection,
    inCluster: true,
    namespace: "guard",
    host: undefined,
    drainMs: 0,
    managesWebhooks: true,
    writesEvents: true,
    names: NAMES,
  };
  const signal = untilEnd(t);
  const counts: string[] = [];
  const count = (reason: string, outcome: string) => void counts.push(`${reason} ${outcome}`);
  const logger = new FakeLogger();
  const events = await openEvents({ place, count, clock, logger, random: () => 0.5 });
  assert.ok(events);
  void events.run(signal);
  const view = new StaticView([DEPLOYMENT]);
  void watchCertificate({ events, source, place, view, clock }, signal);
  await settle();
  return {
    counts,
    requests,
    created: () =>
      requests.filter(({ method }) => method === "POST").map(({ body }) => JSON.parse(body ?? "")),
    patches: () =>
      requests.filter(({ method }) => method === "PATCH").map(({ body }) => JSON.parse(body ?? "")),
    text: () => requests.map(({ body }) => body ?? "").join("\n"),
  };
}

function assertHoldsNoSecret(text: string, set: Readonly<Record<string, string>>): void {
  for (const file of ["tls.key", "ca.key"]) {
    for (const line of (set[file] ?? "").split("\n")) {
      if (line.length > 20) assert.ok(!text.includes(line), `a line of ${file} is in an Event`);
    }
  }
  assert.doesNotMatch(text, /PRIVATE KEY/);
}

function write(directory: string, files: Partial<CertificateSet>): void {
  for (const [file, text] of Object.entries(files)) writeFileSync(join(directory, file), text);
}

suite("the Event CertificateTrouble", () => {
  test("is written at the guard's Deployment when a certificate that is due cannot be renewed", async (t) => {
    const bench = new SecretBench(t);
    const { source, store } = await bench.replica();
    const guard = await watched(t, source, bench.clock);
    await bench.clock.advance(5 * MINUTE);
    assert.equal(guard.requests.length, 0, "nothing is told while all is well");
    store.writeFault = new Error("patching it is forbidden");
    await bench.jump(70 * DAY);
    const [event, ...more] = guard.created();
    assert.deepEqual(more, []);
    assert.equal(event.type, "Warning");
    assert.equal(event.reason, "CertificateTrouble");
    assert.equal(event.action, "Renew");
    assert.deepEqual(event.regarding, {
      apiVersion: "apps/v1",
      kind: "Deployment",
      name: "keymate-guard",
      namespace: "guard",
      uid: "u-1",
    });
    assert.equal(event.note, "secret keymate-guard/keymate-guard-certs: patching it is forbidden");
    assert.equal(guard.requests[0]?.path, "/apis/events.k8s.io/v1/namespaces/guard/events");
    assertHoldsNoSecret(guard.text(), bench.data);
  });

  test("is one series for as long as the Secret cannot be read, and ends with the trouble", async (t) => {
    const bench = new SecretBench(t);
    const { source, store } = await bench.replica();
    const guard = await watched(t, source, bench.clock);
    store.readFault = new Error("connection refused");
    await bench.clock.advance(30 * MINUTE);
    assert.equal(guard.created().length, 1);
    const told = guard.counts.filter((count) => count === "CertificateTrouble merged").length;
    assert.ok(told >= 20, `told ${told} times more`);
    const series = guard.patches().map((patch) => Number(ownObject(patch, "series")?.["count"]));
    assert.ok(series.length > 0 && series.length < 15, `${series.length} updates in half an hour`);
    assert.deepEqual(
      series,
      series.toSorted((a, b) => a - b),
    );
    store.readFault = undefined;
    await bench.clock.advance(10 * MINUTE);
    const before = guard.counts.length;
    await bench.clock.advance(30 * MINUTE);
    assert.equal(guard.counts.length, before);
    assertHoldsNoSecret(guard.text(), bench.data);
  });

  test("is written when the Secret holds what is no certificate, without what it holds", async (t) => {
    const bench = new SecretBench(t);
    const { source, store } = await bench.replica();
    const guard = await watched(t, source, bench.clock);
    store.writeFault = new Error("patching it is forbidden");
    bench.secret.put({ data: { ...bench.data, "tls.key": "hunter2-is-no-key" } });
    await bench.clock.advance(2 * MINUTE);
    assert.equal(guard.created().length, 1);
    assert.doesNotMatch(guard.text(), /hunter2/);
    assertHoldsNoSecret(guard.text(), bench.data);
  });

  test("is written when mounted files cannot be used, without what they hold", async (t) => {
    const clock = new FakeClock();
    const directory = scratch(t);
    const set = makeSet(clock.now());
    write(directory, { ...set, "tls.key": `hunter2 ${set["tls.key"].slice(0, 60)}` });
    const source = new FileSource({ directory, names: NAMES, clock, logger: new FakeLogger() });
    await source.start(untilEnd(t));
    const guard = await watched(t, source, clock);
    await clock.advance(2 * MINUTE);
    const [event] = guard.created();
    assert.match(event.note, /waiting for a better pair in .*: tls.key /);
    assert.doesNotMatch(guard.text(), /hunter2/);
    assertHoldsNoSecret(guard.text(), set);
  });

  test("is not written while callers are being told of a new CA, as they should", async (t) => {
    const clock = new FakeClock();
    const directory = scratch(t);
    write(directory, makeSet(clock.now()));
    const told: string[] = [];
    const handover = { trusts: (ca: string) => told.join().includes(ca), overlapMs: 10 * MINUTE };
    const logger = new FakeLogger();
    const source = new FileSource({ directory, names: NAMES, clock, logger, handover });
    source.onChange(({ caBundle }) => told.push(caBundle));
    await source.start(untilEnd(t));
    const guard = await watched(t, source, clock);
    write(directory, makeSet(clock.now(), 2));
    // Its step reads real files.
    for (let turn = 0; told.length < 2 && turn < 1_000; turn += 1) await clock.advance(SECOND);
    await clock.advance(3 * MINUTE);
    assert.match(source.health().detail, /a pair of another CA is taken once callers have known/);
    assert.deepEqual(guard.created(), []);
    assert.deepEqual(logger.warnings, []);
  });

  test("is written while callers cannot be told of a new CA", async (t) => {
    const clock = new FakeClock();
    const directory = scratch(t);
    write(directory, makeSet(clock.now()));
    const handover = { trusts: () => false, overlapMs: 10 * MINUTE };
    const logger = new FakeLogger();
    const source = new FileSource({ directory, names: NAMES, clock, logger, handover });
    await source.start(untilEnd(t));
    const guard = await watched(t, source, clock);
    write(directory, makeSet(clock.now(), 2));
    for (let turn = 0; guard.created().length < 1 && turn < 1_000; turn += 1) {
      await clock.advance(SECOND);
    }
    assert.match(guard.created()[0]?.note, /callers could not be told/);
  });
});
