import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, type TestContext, test } from "node:test";
import { eventually } from "../../cluster/eventually.ts";
import { type Authority, createAuthority } from "../../cluster/pki.ts";
import { assertNoFaultyAnswer } from "../support/counters.ts";
import { Platform } from "../support/platform.ts";
import { startDirectCalls } from "./support/direct-calls.ts";
import { MountedSecret } from "./support/mounted-secret.ts";
import { type Probe, startProbe } from "./support/probe.ts";
import { fingerprintOf, SERVER_NAME, servedBy } from "./support/serving.ts";
import { liveEntries, seconds, throughout } from "./support/watching.ts";

const NAMES = [
  SERVER_NAME,
  `${SERVER_NAME}.cluster.local`,
  "keymate-guard.keymate-guard",
  "keymate-guard",
];

const dir = mkdtempSync(join(tmpdir(), "keymate-guard-"));
let authority: Authority;
/** One for each of the two guards: a kubelet updates its volumes in its own time. */
let mounts: readonly MountedSecret[];
let platform: Platform;
let probe: Probe;
let direct: ReturnType<typeof startDirectCalls>;

before(async () => {
  authority = await createAuthority("somebody's CA");
  const files = await pairOf(authority);
  mounts = ["a", "b"].map((name) => new MountedSecret(join(dir, name), files));
  platform = await Platform.start({
    replicas: 2,
    controllerManager: false,
    args: ["--cert-source", "files", "--ca-overlap", "1s", "--ca-drop", "5s"],
    argsOf: (guard) => ["--cert-dir", mounts[guard - 1]?.dir ?? ""],
  });
  probe = startProbe(platform.cluster.request, 10);
  direct = startDirectCalls(platform.installation.forwarder.port, 5, liveBundle);
});

after(async () => {
  await probe?.stop();
  await direct?.stop();
  await platform?.stop();
  rmSync(dir, { recursive: true, force: true });
});

async function pairOf(ca: Authority, trusted = ca.cert): Promise<Record<string, string>> {
  const { cert, key } = await ca.issue({ commonName: SERVER_NAME, hosts: NAMES });
  return { "ca.crt": trusted, "tls.crt": cert, "tls.key": key };
}

async function liveBundle(): Promise<string> {
  const entries = (await liveEntries(platform.cluster)) ?? [];
  const [bundle = "", ...others] = new Set(entries.map(({ caBundle }) => caBundle));
  return others.length === 0 ? bundle : (entries[0]?.caBundle ?? "");
}

async function untilServed(t: TestContext, files: Record<string, string>): Promise<void> {
  const since = performance.now();
  const leaf = fingerprintOf(files["tls.crt"] ?? "");
  await eventually(async () => {
    const ca = await liveBundle();
    const shown = platform.installation.guards.map(({ port }) => servedBy(port, ca));
    return (await Promise.all(shown)).every((fingerprint) => fingerprint === leaf);
  }, 30_000);
  t.diagnostic(`both serve it after ${seconds(since)}`);
}

async function untilTrusted(t: TestContext, ...authorities: readonly Authority[]): Promise<void> {
  const since = performance.now();
  await eventually(async () => {
    const entries = (await liveEntries(platform.cluster)) ?? [];
    const wanted = fingerprintsOf(authorities.map(({ cert }) => cert).join(""));
    return entries.every(({ caBundle }) => {
      return JSON.stringify(fingerprintsOf(caBundle)) === JSON.stringify(wanted);
    });
  }, 60_000);
  t.diagnostic(`caBundle follows after ${seconds(since)}`);
}

function fingerprintsOf(pem: string): readonly string[] {
  const blocks = pem.split(/(?=-----BEGIN)/).filter((block) => block.trim() !== "");
  return blocks.map(fingerprintOf).toSorted();
}

function assertNothingFailed(t: TestContext): void {
  const { calls, failures } = probe.result();
  t.diagnostic(`${calls} calls so far, ${failures.length} failed`);
  assert.deepEqual(failures, []);
  assert.deepEqual(direct.failures, []);
}

test("the mounted CA is what the API server is told", async (t) => {
  await untilTrusted(t, authority);
});

test("a renewed pair is followed in each guard's own time, without a failed call", async (t) => {
  for (let round = 0; round < 3; round += 1) {
    const files = await pairOf(authority);
    for (const mount of mounts) {
      mount.write(files);
      await throughout(500, "nothing", async () => true);
    }
    await untilServed(t, files);
  }
  assertNothingFailed(t);
});

test("a key that does not belong to its certificate is not taken", async (t) => {
  const ca = await liveBundle();
  const [before] = await Promise.all(
    platform.installation.guards.map(({ port }) => servedBy(port, ca)),
  );
  const [one, other] = [await pairOf(authority), await pairOf(authority)];
  for (const mount of mounts) mount.write({ ...one, "tls.key": other["tls.key"] ?? "" });
  await throughout(2_000, "another certificate", async () => {
    const shown = platform.installation.guards.map(({ port }) => servedBy(port, ca));
    return (await Promise.all(shown)).every((fingerprint) => fingerprint === before);
  });
  for (const guard of platform.installation.guards) {
    const state = await guard.ops("/readyz?verbose");
    assert.equal(state.status, 200);
    assert.match(state.text, /tls\.key does not belong to tls\.crt/);
  }
  for (const mount of mounts) mount.write(one);
  await untilServed(t, one);
  assertNothingFailed(t);
});

test("ca.crt with a further CA first, then the pair of that one, then the old CA gone: nothing fails", async (t) => {
  const next = await createAuthority("somebody's next CA");
  const both = `${next.cert}${authority.cert}`;
  const old = await pairOf(authority, both);
  for (const mount of mounts) mount.write(old);
  await untilTrusted(t, next, authority);
  const files = await pairOf(next, both);
  for (const mount of mounts) mount.write(files);
  await untilServed(t, files);
  for (const mount of mounts) mount.write({ ...files, "ca.crt": next.cert });
  await untilTrusted(t, next);
  assertNothingFailed(t);
  assertNoFaultyAnswer(await platform.cluster.metrics());
  authority = next;
});

test("all files of another CA at once, one guard long before the other: nothing fails", async (t) => {
  const next = await createAuthority("somebody's last CA");
  const files = await pairOf(next);
  const [first, second] = mounts;
  first?.write(files);
  // Longer than the first takes to go over to it.
  await throughout(3_000, "a failure", async () => probe.result().failures.length === 0);
  second?.write(files);
  await untilServed(t, files);
  await untilTrusted(t, next);
  assertNothingFailed(t);
  assertNoFaultyAnswer(await platform.cluster.metrics());
});
