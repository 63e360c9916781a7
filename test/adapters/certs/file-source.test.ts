import assert from "node:assert/strict";
import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import type { CertificateSet } from "../../../src/adapters/certs/certificate-set.ts";
import { FileSource } from "../../../src/adapters/certs/file-source.ts";
import type { ServingCertificate } from "../../../src/usecases/ports/certificate-source.ts";
import {
  DAY,
  makeAuthority,
  makeLeaf,
  makeSet,
  NAMES,
  SECOND,
  toSet,
} from "./support/certificates.ts";
import { FakeClock } from "./support/fake-clock.ts";
import { FakeLogger } from "./support/fake-logger.ts";
import { scratch, untilEnd } from "./support/scratch.ts";

const now = new FakeClock().now();
const set = makeSet(now);

function write(directory: string, files: Partial<CertificateSet>): void {
  mkdirSync(directory, { recursive: true });
  for (const [file, text] of Object.entries(files)) writeFileSync(join(directory, file), text);
}

/** Files as Kubernetes mounts a Secret: links into a folder that is swapped as a whole. */
function mount(directory: string, files: Partial<CertificateSet>, version: number): void {
  const data = join(directory, `..${version}`);
  write(data, files);
  symlinkSync(`..${version}`, join(directory, "..new"));
  renameSync(join(directory, "..new"), join(directory, "..data"));
  if (version > 1) return;
  for (const file of Object.keys(files)) symlinkSync(join("..data", file), join(directory, file));
}

async function started(t: TestContext, directory: string, names: readonly string[] = NAMES) {
  const clock = new FakeClock();
  const logger = new FakeLogger();
  const source = new FileSource({ directory, names, clock, logger });
  const served: ServingCertificate[] = [];
  source.onChange((certificate) => served.push(certificate));
  await source.start(untilEnd(t));
  return { source, clock, logger, served };
}

/** The next certificate that goes into service. */
function nextOf(source: FileSource): Promise<ServingCertificate> {
  return new Promise((resolve) => source.onChange(resolve));
}

/** A step reads real files: how many seconds pass until it has, nobody can say beforehand. */
async function passUntil<T>(clock: FakeClock, awaited: Promise<T>): Promise<T> {
  let isOver = false;
  const result = awaited.finally(() => {
    isOver = true;
  });
  for (let second = 0; !isOver && second < 10_000; second += 1) await clock.advance(SECOND);
  return await result;
}

describe("FileSource", () => {
  it("serves the pair that is there, with its CA for the callers", async (t) => {
    const directory = scratch(t);
    write(directory, set);
    const { source, logger } = await started(t, directory);
    assert.equal(source.current()?.cert, set["tls.crt"]);
    assert.equal(source.current()?.caBundle, set["ca.crt"]);
    assert.equal(source.current()?.caNotAfter?.getTime(), now + 1825 * DAY);
    assert.equal(source.health().healthy, true);
    assert.deepEqual(logger.warnings, []);
  });

  it("needs no ca.crt, and then has nothing to tell the callers", async (t) => {
    const directory = scratch(t);
    write(directory, { "tls.crt": set["tls.crt"], "tls.key": set["tls.key"] });
    const { source } = await started(t, directory);
    assert.equal(source.health().healthy, true);
    assert.equal(source.current()?.caBundle, "");
    assert.equal(source.current()?.caNotAfter, undefined);
  });

  it("waits for files that are missing, in one sentence, and takes them when they come", async (t) => {
    const directory = join(scratch(t), "later");
    const { source, clock, logger } = await started(t, directory);
    assert.deepEqual(source.health(), {
      healthy: false,
      detail: `no certificate yet; waiting for tls.crt and tls.key in ${directory}`,
      problem: `waiting for tls.crt and tls.key in ${directory}`,
    });
    await clock.run(60 * SECOND);
    assert.equal(logger.warnings.length, 1);
    write(directory, set);
    await clock.run(10 * SECOND);
    assert.equal(source.health().healthy, true);
  });

  it("takes a renewed pair at the next poll", async (t) => {
    const directory = scratch(t);
    write(directory, set);
    const { source, clock, served } = await started(t, directory);
    const next = makeLeaf({ cert: set["ca.crt"], key: set["ca.key"] }, now);
    write(directory, { "tls.crt": next.cert, "tls.key": next.key });
    await clock.run(10 * SECOND);
    assert.equal(source.current()?.cert, next.cert);
    assert.equal(served.length, 2);
  });

  it("takes a swapped mount as soon as the file system reports it", {
    timeout: 20_000,
  }, async (t) => {
    const directory = scratch(t);
    mount(directory, set, 1);
    const { source } = await started(t, directory);
    const ca = makeAuthority(now, 2);
    const leaf = makeLeaf(ca, now);
    const next = nextOf(source);
    mount(directory, toSet(ca, leaf), 2);
    assert.equal((await next).cert, leaf.cert);
  });

  const other = makeSet(now);
  const bad: readonly (readonly [string, Partial<CertificateSet>, RegExp])[] = [
    ["half a renewal", { "tls.crt": other["tls.crt"] }, /tls\.key does not belong to tls\.crt/],
    ["another CA", { "ca.crt": other["ca.crt"] }, /not signed by a valid CA/],
    ["an expired pair", makeSet(now - 91 * DAY), /expired on/],
    [
      "a truncated certificate",
      { "tls.crt": set["tls.crt"].slice(0, 200) },
      /not a PEM certificate/,
    ],
    ["an emptied file", { "tls.key": "" }, /waiting for tls\.key in/],
  ];
  for (const [title, files, reason] of bad) {
    it(`keeps the last good pair when it finds ${title}, and says so once`, async (t) => {
      const directory = scratch(t);
      write(directory, set);
      const { source, clock, logger, served } = await started(t, directory);
      write(directory, files);
      await clock.run(60 * SECOND);
      assert.equal(source.current()?.cert, set["tls.crt"]);
      assert.equal(served.length, 1);
      assert.equal(source.health().healthy, true);
      assert.match(source.health().detail, reason);
      assert.equal(logger.warnings.length, 1);
      write(directory, set);
      await clock.run(10 * SECOND);
      assert.doesNotMatch(source.health().detail, /;/);
    });
  }

  it("does not serve a pair that lacks a name at start, unless no name is asked for", async (t) => {
    const directory = scratch(t);
    write(directory, set);
    const strict = await started(t, directory, ["elsewhere.example"]);
    assert.equal(strict.source.health().healthy, false);
    assert.match(strict.source.health().detail, /does not cover elsewhere\.example/);
    const lax = await started(t, directory, []);
    assert.equal(lax.source.health().healthy, true);
  });

  it("goes on when the folder is removed, and says so", async (t) => {
    const directory = join(scratch(t), "certs");
    write(directory, set);
    const { source, clock } = await started(t, directory);
    rmSync(directory, { recursive: true });
    await clock.run(20 * SECOND);
    assert.equal(source.health().healthy, true);
    assert.match(source.health().detail, /waiting for tls\.crt and tls\.key/);
  });

  it("no longer claims to be well once its pair has expired", async (t) => {
    const directory = scratch(t);
    write(directory, set);
    const { source, clock } = await started(t, directory);
    clock.step(91 * DAY);
    assert.equal(source.health().healthy, false);
    await clock.run(10 * SECOND);
    assert.match(
      source.health().detail,
      /the certificate in service expired on .*; waiting for a better pair/,
    );
  });
});

describe("FileSource, with a chain of CAs", async () => {
  const { createAuthority } = await import("../../../src/adapters/certs/authority.ts");

  it("serves the intermediates of tls.crt along with the leaf", async (t) => {
    const directory = scratch(t);
    const root = createAuthority({ commonName: "root", generation: 1, now, lifeMs: 99 * DAY });
    write(directory, { ...set, "tls.crt": set["tls.crt"] + root.cert });
    const { source } = await started(t, directory);
    assert.equal(source.current()?.cert, set["tls.crt"] + root.cert);
  });

  it("announces another CA with the pair in service, and goes over to it after the overlap", async (t) => {
    const directory = scratch(t);
    write(directory, set);
    const clock = new FakeClock();
    const logger = new FakeLogger();
    let trusted = set["ca.crt"];
    const handover = { trusts: (ca: string) => trusted.includes(ca), overlapMs: 60 * SECOND };
    const source = new FileSource({ directory, names: NAMES, clock, logger, handover });
    await source.start(untilEnd(t));
    const other = makeSet(now, 2);
    const announced = nextOf(source);
    write(directory, other);
    const { cert, caBundle } = await passUntil(clock, announced);
    assert.equal(cert, set["tls.crt"]);
    assert.equal(caBundle, `${other["ca.crt"]}${set["ca.crt"]}`);
    assert.match(source.health().detail, /a pair of another CA is taken once callers have known/);
    trusted = caBundle;
    const taken = nextOf(source);
    assert.equal((await passUntil(clock, taken)).cert, other["tls.crt"]);
    assert.equal(source.current()?.caBundle, other["ca.crt"]);
  });
});
