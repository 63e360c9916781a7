import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { SecretSource } from "../../../src/adapters/certs/secret-source.ts";
import { DAY, ISSUE, MINUTE } from "./support/certificates.ts";
import { FakeSecretStore } from "./support/fake-secret-store.ts";
import { untilEnd } from "./support/scratch.ts";
import { SecretBench } from "./support/secret-bench.ts";

describe("SecretSource, when the API does not answer", () => {
  it("stays unhealthy at start and recovers by itself, backing off up to a minute", async (t) => {
    const bench = new SecretBench(t);
    const { source, store } = await bench.replica({}, (fake) => {
      fake.readFault = new Error("connection refused");
    });
    assert.match(source.health().detail, /no certificate yet; secret .*: connection refused/);
    await bench.clock.advance(10 * MINUTE);
    assert.ok(store.reads > 10 && store.reads < 30, `${store.reads} reads in ten minutes`);
    assert.equal(bench.logger.warnings.length, 1);
    store.readFault = undefined;
    await bench.clock.advance(MINUTE);
    assert.equal(source.health().healthy, true);
    assert.doesNotMatch(source.health().detail, /refused/);
  });

  it("keeps serving until the last moment, and no longer claims to be well after it", async (t) => {
    const bench = new SecretBench(t);
    const { source, store } = await bench.replica();
    store.readFault = new Error("forbidden");
    await bench.jump(89 * DAY);
    assert.equal(source.health().healthy, true);
    assert.match(source.health().detail, /forbidden/);
    await bench.jump(2 * DAY);
    assert.equal(source.health().healthy, false);
    assert.match(source.health().detail, /expired on/);
    assert.equal(bench.served.length, 1);
  });

  it("serves a leaf that is due when the Secret can be read but not written", async (t) => {
    const bench = new SecretBench(t);
    const { store } = await bench.replica();
    store.writeFault = new Error("forbidden");
    bench.clock.step(70 * DAY);
    const { source } = await bench.replica({}, (fake) => {
      fake.writeFault = new Error("forbidden");
    });
    assert.equal(source.health().healthy, true);
    assert.match(source.health().detail, /forbidden/);
  });

  it("writes nothing while its clock is more than five minutes off", async (t) => {
    const bench = new SecretBench(t);
    let skew: number | undefined = -6 * MINUTE;
    const { source } = await bench.replica({ clockSkewMs: () => skew });
    assert.equal(bench.secret.writes, 0);
    assert.match(source.health().detail, /clock .* differ by more than 5 minutes/);
    skew = 4 * MINUTE;
    await bench.clock.advance(2 * MINUTE);
    assert.equal(bench.kind, "valid");
  });

  it("writes no certificate that it would replace at once", async (t) => {
    const bench = new SecretBench(t);
    const issue = { ...ISSUE, names: ["LOCALHOST", "fe80::1%eth0"] };
    const { source } = await bench.replica({ issue });
    await bench.clock.advance(5 * MINUTE);
    assert.equal(bench.secret.writes, 0);
    assert.equal(source.health().healthy, false);
  });

  it("survives a listener that throws", async (t) => {
    const bench = new SecretBench(t);
    const source = new SecretSource({
      store: new FakeSecretStore(bench.secret),
      issue: ISSUE,
      caOverlapMs: 0,
      caDropMs: 0,
      clock: bench.clock,
      logger: bench.logger,
      random: () => 0.5,
    });
    const told: string[] = [];
    source.onChange(() => {
      throw new Error("listener");
    });
    source.onChange((certificate) => told.push(certificate.fingerprint));
    await source.start(untilEnd(t));
    assert.equal(told.length, 1);
    assert.equal(source.health().healthy, true);
  });
});
