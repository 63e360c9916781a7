import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { CERTIFICATE_FILES, examine } from "../../../src/adapters/certs/certificate-set.ts";
import { SecretSource } from "../../../src/adapters/certs/secret-source.ts";
import { DAY, HOUR, ISSUE, MINUTE, makeSet, SECOND } from "./support/certificates.ts";
import { FakeClock, settle } from "./support/fake-clock.ts";
import { FakeSecret, FakeSecretStore } from "./support/fake-secret-store.ts";
import { SecretBench } from "./support/secret-bench.ts";

describe("SecretSource", () => {
  it("fills an empty Secret and serves what it wrote", async (t) => {
    const bench = new SecretBench(t);
    const { source } = await bench.replica();
    assert.equal(bench.kind, "valid");
    assert.equal(source.current()?.cert, bench.data["tls.crt"]);
    assert.equal(source.current()?.caBundle, bench.data["ca.crt"]);
    assert.equal(source.health().healthy, true);
    assert.equal(bench.secret.writes, 1);
  });

  it("uses what is there when a replica starts later or again", async (t) => {
    const bench = new SecretBench(t);
    await bench.replica();
    const { source } = await bench.replica();
    assert.equal(bench.secret.writes, 1);
    assert.equal(source.current()?.cert, bench.data["tls.crt"]);
  });

  it("never overwrites a foreign Secret, and says why it waits", async (t) => {
    const data = { ...makeSet(new FakeClock().now()) };
    const bench = new SecretBench(t, new FakeSecret(data));
    const { source } = await bench.replica();
    await bench.clock.advance(10 * MINUTE);
    assert.deepEqual(bench.data, data);
    assert.equal(bench.secret.writes, 0);
    assert.equal(source.health().healthy, false);
    assert.match(source.health().detail, /left alone: it holds data without the annotation/);
    assert.equal(bench.logger.warnings.length, 1);
  });

  it("waits without a Secret and starts when it is created", async (t) => {
    const bench = new SecretBench(t, new FakeSecret(null));
    const { source } = await bench.replica();
    assert.match(
      source.health().detail,
      /no certificate yet; secret .* does not exist: create it empty/,
    );
    bench.secret.put({ data: {} });
    await settle();
    assert.equal(source.health().healthy, true);
    assert.equal(bench.kind, "valid");
  });

  it("keeps serving from memory when the Secret is deleted, and says so", async (t) => {
    const bench = new SecretBench(t);
    const { source } = await bench.replica();
    bench.secret.delete();
    await bench.clock.advance(5 * MINUTE);
    assert.equal(source.health().healthy, true);
    assert.match(source.health().detail, /in service until .*; secret .* does not exist/);
    assert.equal(bench.served.length, 1);
  });

  it("makes a new CA without a gap when a deleted Secret comes back empty", async (t) => {
    const bench = new SecretBench(t);
    const { source } = await bench.replica();
    const before = source.current();
    bench.secret.delete();
    bench.secret.put({ data: {}, annotations: {}, labels: {} });
    await settle();
    assert.equal(bench.kind, "valid");
    assert.equal(source.current()?.fingerprint, before?.fingerprint);
    assert.ok(source.current()?.caBundle.endsWith(before?.caBundle ?? "?"));
    await bench.clock.advance(11 * MINUTE);
    assert.notEqual(source.current()?.fingerprint, before?.fingerprint);
    assert.ok(source.current()?.caBundle.endsWith(before?.caBundle ?? "?"));
    await bench.jump(DAY);
    assert.equal(source.current()?.caBundle.includes(before?.caBundle ?? "?"), false);
    assert.equal(bench.served.length, 2 + 2, "the bundle changed twice more than the leaf");
  });

  for (const file of CERTIFICATE_FILES) {
    for (const junk of [
      "",
      "?",
      "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n",
    ]) {
      it(`repairs ${file} when it becomes ${JSON.stringify(junk.slice(0, 9))}, never without a good pair`, async (t) => {
        const bench = new SecretBench(t);
        const { source } = await bench.replica();
        const caBefore = source.current()?.caBundle ?? "?";
        bench.secret.put({ data: { ...bench.data, [file]: junk } });
        await settle();
        assert.equal(bench.kind, "valid");
        assert.ok(
          source.current()?.caBundle.includes(caBefore),
          "what callers trust stays trusted",
        );
        const { source: other } = await bench.replica();
        assert.equal(other.current()?.fingerprint, source.current()?.fingerprint);
      });

      it(`repairs ${file} that is ${JSON.stringify(junk.slice(0, 9))} at the start`, async (t) => {
        const bench = new SecretBench(t);
        const controller = new AbortController();
        await new SecretSource({
          store: new FakeSecretStore(bench.secret),
          issue: ISSUE,
          caOverlapMs: 0,
          caDropMs: 0,
          clock: bench.clock,
          logger: bench.logger,
          random: () => 0.5,
        }).start(controller.signal);
        controller.abort();
        await settle();
        bench.secret.put({ data: { ...bench.data, [file]: junk } });
        const { source } = await bench.replica();
        assert.equal(bench.kind, "valid");
        assert.equal(source.current()?.cert, bench.data["tls.crt"]);
      });
    }
  }

  it("renews the leaf before its last third is over, and other replicas follow at once", async (t) => {
    const bench = new SecretBench(t);
    const { source } = await bench.replica();
    const { source: follower } = await bench.replica();
    const before = source.current();
    await bench.jump(59 * DAY);
    assert.equal(source.current(), before);
    await bench.jump(DAY);
    assert.notEqual(source.current()?.fingerprint, before?.fingerprint);
    assert.equal(follower.current()?.fingerprint, source.current()?.fingerprint);
    assert.equal(source.current()?.caBundle, before?.caBundle);
    assert.equal(bench.secret.writes, 2);
  });

  it("keeps a leaf of 30 s in service without a break", async (t) => {
    const bench = new SecretBench(t);
    const { source } = await bench.replica({ issue: { ...ISSUE, leafLifeMs: 30 * SECOND } });
    for (let second = 0; second < 120; second += 1) {
      await bench.clock.advance(SECOND);
      const left = (source.current()?.notAfter.getTime() ?? 0) - bench.clock.now();
      assert.ok(left > 6 * SECOND, `${left} ms left`);
    }
    assert.ok(bench.secret.writes >= 6 && bench.secret.writes <= 9);
  });

  it("goes through a whole rotation of the CA, step by step", async (t) => {
    const bench = new SecretBench(t);
    let trusted: number | undefined;
    const callers = {
      trustedSince: () => trusted,
      published: () => "",
      hasEntries: () => false,
      readBack: async () => {},
    };
    const issue = { ...ISSUE, leafLifeMs: 30 * DAY, caLifeMs: 300 * DAY };
    const { source } = await bench.replica({ issue, callers });
    const [first] = bench.data["ca.crt"]?.match(/-----BEGIN[\s\S]*?END CERTIFICATE-----\n/g) ?? [];
    for (let day = 0; day < 205; day += 5) await bench.jump(5 * DAY);
    assert.equal(bench.data["ca.crt"]?.split("BEGIN CERT").length, 3);
    const before = source.current()?.fingerprint;
    await bench.clock.advance(HOUR);
    assert.equal(source.current()?.fingerprint, before, "callers do not trust the new CA yet");
    assert.match(source.health().detail, /generation 2 is published, waiting until every webhook/);
    trusted = bench.clock.now();
    await bench.clock.advance(9 * MINUTE);
    assert.equal(source.current()?.fingerprint, before, "not for long enough");
    assert.match(source.health().detail, /the leaf moves to it after 20/);
    await bench.clock.advance(3 * MINUTE);
    assert.notEqual(source.current()?.fingerprint, before);
    assert.ok(bench.data["ca.crt"]?.includes(first ?? "?"));
    await bench.jump(DAY);
    assert.ok(!bench.data["ca.crt"]?.includes(first ?? "?"));
    assert.equal(bench.kind, "valid");
  });

  it("takes the leaf of a newer CA from a broken Secret after it was asleep during the rotation", async (t) => {
    const bench = new SecretBench(t);
    const { source: sleeper, store } = await bench.replica();
    store.readFault = new Error("asleep");
    await bench.replica();
    bench.secret.put({ data: {} });
    await bench.clock.advance(15 * MINUTE);
    const leaf = bench.data["tls.crt"];
    assert.notEqual(sleeper.current()?.cert, leaf);
    const others = bench.secret.writes;
    bench.secret.put({ data: { ...bench.data, "ca.key": "?" } });
    store.readFault = undefined;
    await bench.clock.advance(2 * MINUTE);
    assert.equal(sleeper.current()?.cert, leaf);
    assert.equal(bench.kind, "valid");
    assert.equal(bench.secret.writes, others + 1);
  });

  it("puts back a newer CA when a backup of the Secret is restored", async (t) => {
    const bench = new SecretBench(t);
    const { source } = await bench.replica();
    const backup = bench.secret.snapshot;
    assert.ok(backup);
    bench.secret.put({ data: {} });
    await bench.clock.advance(15 * MINUTE);
    const rotated = source.current();
    bench.secret.put(backup);
    await settle();
    assert.equal(source.current()?.fingerprint, rotated?.fingerprint);
    assert.equal(bench.data["tls.crt"], rotated?.cert);
  });
});

describe("SecretSource, replicas of different configuration", () => {
  it("end with a leaf that covers the names of both instead of replacing each other's", async (t) => {
    const bench = new SecretBench(t);
    const names = [["a.example"], ["b.example"]];
    for (const list of names) await bench.replica({ issue: { ...ISSUE, names: list } });
    await bench.clock.advance(10 * MINUTE);
    assert.equal(bench.secret.writes, 2);
    const set = bench.data as Parameters<typeof examine>[0];
    const state = examine(set, { names: names.flat(), now: bench.clock.now() });
    assert.deepEqual(state.leafProblems, []);
  });
});
