import assert from "node:assert/strict";
import { after, before, type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { eventually } from "../../cluster/eventually.ts";
import { createAuthority } from "../../cluster/pki.ts";
import { assertNoFaultyAnswer } from "../support/counters.ts";
import { OVERLAY } from "../support/installation.ts";
import { Platform, succeeded } from "../support/platform.ts";
import { type Probe, startProbe } from "./support/probe.ts";
import {
  type CertsSecret,
  caOf,
  certsSecret,
  fingerprintOf,
  isWhole,
  SERVER_NAME,
  servedBy,
} from "./support/serving.ts";
import { liveEntries, seconds, throughout } from "./support/watching.ts";

let platform: Platform;
let probe: Probe;

before(async () => {
  // Short, so that a change of CA runs through to its end here.
  const args = ["--ca-overlap", "3s", "--ca-drop", "1h"];
  platform = await Platform.start({ replicas: 2, controllerManager: false, args });
  probe = startProbe(platform.cluster.request, 10);
});

after(async () => {
  await probe?.stop();
  await platform?.stop();
});

const inNamespace = ["-n", "keymate-guard"] as const;

async function setKeys(values: Readonly<Record<string, string>>): Promise<void> {
  const data = Object.fromEntries(
    Object.entries(values).map(([key, value]) => [key, Buffer.from(value).toString("base64")]),
  );
  const body = JSON.stringify({ data });
  const secret = ["secret", "keymate-guard-certs", ...inNamespace];
  succeeded(await platform.kubectl("patch", ...secret, "--type=merge", "-p", body));
}

function remove() {
  return platform.kubectl("delete", "secret", "keymate-guard-certs", ...inNamespace);
}

/** Resolves with the certificate that both guards serve under the CA that the API server was given. */
async function servedUnderLiveBundle(): Promise<string | undefined> {
  const [entry] = (await liveEntries(platform.cluster)) ?? [];
  assert(entry);
  const { guards } = platform.installation;
  const shown = guards.map(({ port }) => servedBy(port, entry.caBundle));
  const [fingerprint, ...others] = new Set(await Promise.all(shown));
  return others.length === 0 ? fingerprint : undefined;
}

async function untilWhole(t: TestContext, timeoutMs = 5_000): Promise<CertsSecret> {
  const since = performance.now();
  const secret = await eventually(async () => {
    const now = await certsSecret(platform.cluster);
    return now !== undefined && isWhole(now) ? now : undefined;
  }, timeoutMs);
  t.diagnostic(`the Secret is whole again after ${seconds(since)}`);
  return secret;
}

/** Until both guards serve the Secret's leaf and every entry has the Secret's CAs. */
async function untilSettled(t: TestContext): Promise<CertsSecret> {
  const since = performance.now();
  const secret = await eventually(async () => {
    const now = await certsSecret(platform.cluster);
    if (now === undefined || !isWhole(now)) return undefined;
    if (now.annotations[PENDING]) return void (await makeLook());
    const entries = (await liveEntries(platform.cluster)) ?? [];
    const told = entries.every(({ caBundle }) => caBundle === now.data["ca.crt"]);
    const leaf = fingerprintOf(now.data["tls.crt"] ?? "");
    return told && (await servedUnderLiveBundle()) === leaf ? now : undefined;
  }, 60_000);
  t.diagnostic(`served under the Secret's newest CA after ${seconds(since)}`);
  return secret;
}

/** Each change makes the guards look at once; on their own they look each minute. */
async function makeLook(): Promise<void> {
  const path = "/api/v1/namespaces/keymate-guard/secrets/keymate-guard-certs";
  const body = { metadata: { annotations: { "test/look": new Date().toISOString() } } };
  await platform.cluster.request("PATCH", path, body, "application/merge-patch+json");
  await sleep(500);
}

const PENDING = "policy.keymate.io/ca-pending-since";

async function assertNothingFailed(t: TestContext): Promise<void> {
  const { calls, failures } = probe.result();
  t.diagnostic(`${calls} calls so far, ${failures.length} failed`);
  assert.deepEqual(failures, []);
}

test("without their Secret the guards keep serving, healthy, and say that it is gone", async (t) => {
  const served = await servedUnderLiveBundle();
  assert(served);
  succeeded(await remove());
  await throughout(3_000, "another certificate, or none", async () => {
    return (await servedUnderLiveBundle()) === served;
  });
  assert.equal(await certsSecret(platform.cluster), undefined, "nobody created it");
  for (const guard of platform.installation.guards) {
    const state = await guard.ops("/readyz?verbose");
    assert.equal(state.status, 200, state.text);
    assert.match(state.text, /it does not exist: create it empty/);
  }
  await assertNothingFailed(t);
});

test("an empty Secret in its place gets a new CA, and trust never has a gap", async (t) => {
  const served = await servedUnderLiveBundle();
  const [before] = (await liveEntries(platform.cluster)) ?? [];
  succeeded(await platform.kubectl("apply", "-k", OVERLAY));
  const secret = await untilWhole(t);
  assert.equal(fingerprintOf(secret.data["tls.crt"] ?? ""), served, "the old leaf for now");
  assert(secret.data["ca.crt"]?.includes(before?.caBundle.trim() ?? "?"), "beside the old CA");
  const settled = await untilSettled(t);
  assert.notEqual(await servedUnderLiveBundle(), served);
  assert.notEqual(settled.data["ca.crt"], before?.caBundle);
  await assertNothingFailed(t);
});

const broken: Record<string, (before: CertsSecret["data"]) => string> = {
  garbage: () => "garbage",
  nothing: () => "",
  "half of it": (before) => (before["tls.crt"] ?? "").slice(0, 200),
};

for (const key of ["tls.crt", "tls.key", "ca.crt", "ca.key"]) {
  test(`${key} broken in any way: the last good pair stays in service, the Secret is repaired`, async (t) => {
    for (const [what, breakIt] of Object.entries(broken)) {
      const before = await certsSecret(platform.cluster);
      assert(before);
      await setKeys({ [key]: breakIt(before.data) });
      assert(await eventually(() => servedUnderLiveBundle()), what);
      await untilWhole(t);
      assert(await eventually(() => servedUnderLiveBundle()), what);
    }
    await assertNothingFailed(t);
  });
}

test("a pair of somebody else's CA never goes into service and is replaced", async (t) => {
  const authority = await createAuthority("somebody else");
  const pair = await authority.issue({ commonName: SERVER_NAME, hosts: [SERVER_NAME] });
  await setKeys({ "tls.crt": pair.cert, "tls.key": pair.key });
  await eventually(
    async () => (await certsSecret(platform.cluster))?.data["tls.crt"] !== pair.cert,
  );
  await untilSettled(t);
  await assertNothingFailed(t);
});

test("a Secret with data but without our mark is left alone, the guards keep serving", async (t) => {
  const served = await servedUnderLiveBundle();
  succeeded(await remove());
  const authority = await createAuthority("somebody else");
  const pair = await authority.issue({ commonName: SERVER_NAME, hosts: [SERVER_NAME] });
  const data = { "ca.crt": authority.cert, "tls.crt": pair.cert, "tls.key": pair.key };
  await platform.applied({
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: "keymate-guard-certs", namespace: "keymate-guard" },
    stringData: data,
  });
  const foreign = await certsSecret(platform.cluster);
  await throughout(3_000, "somebody wrote it, or served it", async () => {
    const now = await certsSecret(platform.cluster);
    const same = now?.resourceVersion === foreign?.resourceVersion;
    return same && (await servedUnderLiveBundle()) === served;
  });
  for (const guard of platform.installation.guards) {
    const state = await guard.ops("/readyz?verbose");
    assert.equal(state.status, 200, state.text);
    assert.match(state.text, /left alone: it holds data without the annotation/);
  }
  succeeded(await remove());
  succeeded(await platform.kubectl("apply", "-k", OVERLAY));
  await untilSettled(t);
  await assertNothingFailed(t);
});

test("nothing failed in all that time, and the API server counted no x509 error", async (t) => {
  await assertNothingFailed(t);
  const page = await platform.cluster.metrics();
  assertNoFaultyAnswer(page);
  assert.equal(await caOf(platform.cluster).then((ca) => ca !== ""), true);
  for (const guard of platform.installation.guards) assert(guard.running());
});
