import assert from "node:assert/strict";
import { chmodSync, existsSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import {
  CERTIFICATE_FILES,
  type CertificateSet,
  examine,
} from "../../../src/adapters/certs/certificate-set.ts";
import {
  DAY,
  makeAuthority,
  makeLeaf,
  makeSet,
  NAMES,
  SECOND,
  toSet,
} from "./support/certificates.ts";
import { started, writeFiles } from "./support/directory-bench.ts";
import { FakeClock } from "./support/fake-clock.ts";
import { scratch } from "./support/scratch.ts";

describe("DirectorySource", () => {
  it("makes a folder with CA and leaf, keys readable by the owner only", async (t) => {
    const directory = join(scratch(t), "deep", "certs");
    const bench = await started(t, directory);
    assert.deepEqual(readdirSync(directory).sort(), [...CERTIFICATE_FILES].sort());
    for (const file of ["ca.key", "tls.key"]) {
      assert.equal(statSync(join(directory, file)).mode & 0o777, 0o600);
    }
    const set = await bench.files();
    const state = examine(set, { names: NAMES, now: bench.clock.now() });
    assert.deepEqual([...state.leafProblems, ...state.authorityProblems], []);
    assert.equal(bench.source.current()?.caBundle, set["ca.crt"]);
    assert.equal(bench.source.health().healthy, true);
    assert.deepEqual(bench.served, [state.leaf?.fingerprint256]);
    assert.deepEqual(bench.logger.warnings, []);
  });

  it("uses what is there at the next start", async (t) => {
    const directory = scratch(t);
    const first = await started(t, directory);
    const files = await first.files();
    const second = await started(t, directory);
    assert.deepEqual(await second.files(), files);
    assert.deepEqual(second.served, first.served);
  });

  it("leaves other files of the folder alone", async (t) => {
    const directory = scratch(t);
    writeFileSync(join(directory, "README.md"), "hello");
    await started(t, directory);
    assert.equal(readdirSync(directory).length, 5);
  });

  it("issues a leaf from the same CA when a name is missing, and keeps the old names", async (t) => {
    const directory = scratch(t);
    const before = await (await started(t, directory)).files();
    const bench = await started(t, directory, { names: ["guard.example"] });
    const after = await bench.files();
    assert.equal(after["ca.crt"], before["ca.crt"]);
    assert.notEqual(after["tls.crt"], before["tls.crt"]);
    const names = [...NAMES, "guard.example"];
    assert.deepEqual(examine(after, { names, now: bench.clock.now() }).leafProblems, []);
  });

  it("renews the leaf before its last third is over, for a life of 30 s and for 90 d", async (t) => {
    for (const leafLifeMs of [30 * SECOND, 90 * DAY]) {
      const bench = await started(t, scratch(t), { leafLifeMs });
      const before = await bench.files();
      const tick = Math.min(60 * SECOND, leafLifeMs / 10);
      bench.clock.step(leafLifeMs * 0.4);
      await bench.clock.run(tick);
      assert.equal(bench.served.length, 1);
      bench.clock.step(leafLifeMs * 0.3);
      await bench.clock.run(tick);
      assert.equal(bench.served.length, 2);
      const after = await bench.files();
      assert.equal(after["ca.crt"], before["ca.crt"]);
      assert.equal(bench.source.current()?.cert, after["tls.crt"]);
    }
  });

  it("replaces a leaf that expired while nobody ran", async (t) => {
    const directory = scratch(t);
    const ca = makeAuthority(new FakeClock().now() - 200 * DAY);
    writeFiles(directory, toSet(ca, makeLeaf(ca, new FakeClock().now() - 200 * DAY)));
    const bench = await started(t, directory);
    assert.equal((await bench.files())["ca.crt"], ca.cert);
    assert.equal(bench.source.health().healthy, true);
  });

  it("announces a new CA beside the old one and changes leaves only when one is due", async (t) => {
    const directory = scratch(t);
    const bench = await started(t, directory, { caLifeMs: 1000 * DAY });
    const before = await bench.files();
    bench.clock.step(670 * DAY);
    await bench.clock.run(60 * SECOND);
    const during = await bench.files();
    assert.equal(during["ca.crt"].split("BEGIN CERT").length - 1, 2);
    assert.ok(during["ca.crt"].endsWith(before["ca.crt"]));
    const expected = { names: NAMES, now: bench.clock.now() };
    assert.equal(
      examine(during, expected).issuer?.toString(),
      examine(before, expected).authorities[0]?.toString(),
    );
    bench.clock.step(70 * DAY);
    await bench.clock.run(60 * SECOND);
    const after = await bench.files();
    const state = examine(after, { names: NAMES, now: bench.clock.now() });
    assert.equal(after["ca.crt"], during["ca.crt"]);
    assert.equal(state.issuer, state.authority?.certificate);
  });

  it("makes everything anew when its own CA has expired", async (t) => {
    const directory = scratch(t);
    writeFiles(directory, makeSet(new FakeClock().now() - 3000 * DAY, 4));
    const bench = await started(t, directory);
    const state = examine(await bench.files(), { names: NAMES, now: bench.clock.now() });
    assert.match(state.authority?.certificate.subject ?? "", /generation 5$/);
    assert.equal(bench.source.health().healthy, true);
  });

  it("takes up what another process renewed", async (t) => {
    const bench = await started(t, scratch(t));
    const files = await bench.files();
    const ca = { cert: files["ca.crt"], key: files["ca.key"] };
    const next = makeLeaf(ca, bench.clock.now());
    writeFiles(bench.directory, toSet(ca, next));
    await bench.clock.run(60 * SECOND);
    assert.equal(bench.source.current()?.cert, next.cert);
    assert.equal(bench.served.length, 2);
  });

  it("keeps serving and puts its set back when the files vanish", async (t) => {
    const bench = await started(t, scratch(t));
    const before = await bench.files();
    for (const file of CERTIFICATE_FILES) rmSync(join(bench.directory, file));
    await bench.clock.run(60 * SECOND);
    assert.deepEqual(await bench.files(), before);
    assert.equal(bench.served.length, 1);
  });
});

describe("DirectorySource, with files of somebody else", () => {
  const now = new FakeClock().now();
  const expected = { names: NAMES, now };

  it("issues from their valid CA and never replaces it", async (t) => {
    const directory = scratch(t);
    const { createAuthority } = await import("../../../src/adapters/certs/authority.ts");
    const made = createAuthority({ commonName: "x", generation: 1, now, lifeMs: 10 * DAY });
    writeFiles(directory, { "ca.crt": made.cert, "ca.key": made.key });
    const bench = await started(t, directory);
    const files = await bench.files();
    assert.equal(files["ca.crt"], made.cert);
    assert.equal(files["ca.key"], made.key);
    assert.deepEqual(examine(files, expected).leafProblems, []);
  });

  it("serves their pair without a CA key as it is", async (t) => {
    const directory = scratch(t);
    const { "ca.key": _, ...set } = makeSet(now);
    writeFiles(directory, set);
    const bench = await started(t, directory);
    assert.equal(bench.source.current()?.cert, set["tls.crt"]);
    assert.equal(existsSync(join(directory, "ca.key")), false);
  });

  const set = makeSet(now);
  const other = makeSet(now);
  const broken: readonly (readonly [string, Partial<CertificateSet>, RegExp])[] = [
    ["a CA key that is no PEM", { ...set, "ca.key": "secret" }, /ca\.key is not a PEM private key/],
    ["a CA key of another CA", { ...set, "ca.key": other["ca.key"] }, /ca\.key does not belong/],
    [
      "a CA certificate that is no PEM",
      { ...set, "ca.crt": "?" },
      /ca\.crt is not a PEM certificate/,
    ],
    [
      "a leaf of another CA",
      { ...set, "tls.crt": other["tls.crt"], "tls.key": other["tls.key"] },
      /not signed by/,
    ],
    ["a lone TLS key", { "tls.key": set["tls.key"] }, /there is no ca\.key and no tls\.crt/],
    ["an unreadable leaf", { ...set, "tls.crt": "?" }, /tls\.crt is not a PEM certificate/],
    [
      "a pair without a CA key that has expired",
      { ...makeSet(now - 400 * DAY), "ca.key": "" },
      /expired/,
    ],
  ];
  for (const [title, files, reason] of broken) {
    it(`does not touch ${title}, serves from memory and says why`, async (t) => {
      const directory = scratch(t);
      writeFiles(directory, files);
      const bench = await started(t, directory);
      const before = await bench.files();
      assert.match(bench.detail, reason);
      assert.match(bench.detail, /kept in memory only/);
      assert.equal(bench.source.health().healthy, true);
      await bench.clock.run(300 * SECOND);
      assert.deepEqual(await bench.files(), before);
      assert.equal(bench.served.length, 1);
      assert.equal(bench.logger.warnings.length, 1);
    });
  }

  it("repairs a leaf whose key was damaged, for the CA proves that it is ours", async (t) => {
    const directory = scratch(t);
    writeFiles(directory, { ...set, "tls.key": "?" });
    const bench = await started(t, directory);
    assert.deepEqual(examine(await bench.files(), expected).leafProblems, []);
    assert.equal((await bench.files())["ca.crt"], set["ca.crt"]);
  });

  it("keeps the last good pair when a file is damaged later, and takes a good one again", async (t) => {
    const bench = await started(t, scratch(t));
    const before = await bench.files();
    writeFiles(bench.directory, { "ca.crt": "?" });
    await bench.clock.run(60 * SECOND);
    assert.equal(bench.served.length, 1);
    assert.match(bench.detail, /are left alone/);
    writeFiles(bench.directory, before);
    await bench.clock.run(60 * SECOND);
    assert.doesNotMatch(bench.detail, /left alone/);
  });
});

describe("DirectorySource, when the folder cannot be written", () => {
  it("serves from memory, renews there and says so once", async (t) => {
    const file = join(scratch(t), "file");
    writeFileSync(file, "");
    const bench = await started(t, join(file, "certs"), { leafLifeMs: 30 * SECOND });
    assert.equal(bench.source.health().healthy, true);
    assert.match(bench.detail, /kept in memory only: .*certs cannot be used/);
    const ca = bench.source.current()?.caBundle;
    await bench.clock.run(120 * SECOND);
    assert.ok(bench.served.length > 3);
    assert.equal(bench.source.current()?.caBundle, ca);
    assert.equal(bench.source.health().healthy, true);
    assert.equal(bench.logger.warnings.length, 1);
  });

  it("renews from the CA of a folder that can only be read", {
    skip: process.getuid?.() === 0,
  }, async (t) => {
    const directory = scratch(t);
    const ca = makeAuthority(new FakeClock().now() - 70 * DAY);
    writeFiles(directory, toSet(ca, makeLeaf(ca, new FakeClock().now() - 70 * DAY)));
    chmodSync(directory, 0o500);
    const bench = await started(t, directory);
    chmodSync(directory, 0o700);
    assert.equal(bench.source.current()?.caBundle, ca.cert);
    assert.match(bench.detail, /kept in memory only/);
  });

  it("cannot be started with a malformed name, and says which", async (t) => {
    const bench = await started(t, scratch(t), { names: ["not a name"] });
    assert.equal(bench.source.health().healthy, false);
    assert.match(bench.detail, /"not a name" is neither a DNS name nor an IP address/);
  });
});
