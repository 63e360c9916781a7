import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { eventually } from "../../cluster/eventually.ts";
import { writesOf } from "../availability/support/guard-tally.ts";
import { type Probe, startProbe } from "../availability/support/probe.ts";
import { certsSecret, fingerprintOf, servedBy } from "../availability/support/serving.ts";
import { liveEntries, seconds } from "../availability/support/watching.ts";
import { assertNoFaultyAnswer, guardTotal } from "../support/counters.ts";
import { Platform, succeeded } from "../support/platform.ts";

const HOUR_MS = 3_600_000;
const PRELOAD = fileURLToPath(new URL("support/shift-clock.ts", import.meta.url));
const LEAF_LIFE_MS = 30_000;

let platform: Platform;
let probe: Probe;

before(async () => {
  // The fifth has a clock that is two hours slow, and the sixth, started later, one that is fast.
  const runOf = (guard: number) => {
    if (guard < 5) return {};
    const offset = (guard === 5 ? -2 : 2) * HOUR_MS;
    const env = { TEST_CLOCK_OFFSET: `${offset}` };
    return { nodeArgs: [`--import=${PRELOAD}`], env };
  };
  const args = ["--leaf-life", `${LEAF_LIFE_MS / 1000}s`, "--ca-overlap", "3s"];
  platform = await Platform.start({ replicas: 5, controllerManager: false, args, runOf });
  probe = startProbe(platform.cluster.request, 10);
});

after(async () => {
  await probe?.stop();
  await platform?.stop();
});

async function leafOfSecret(): Promise<string> {
  return fingerprintOf((await certsSecret(platform.cluster))?.data["tls.crt"] ?? "");
}

async function untilAllServe(timeoutMs: number): Promise<void> {
  await eventually(async () => {
    const [entry] = (await liveEntries(platform.cluster)) ?? [];
    const guards = platform.installation.guards.filter((guard) => guard.running());
    const shown = await Promise.all(
      guards.map(({ port }) => servedBy(port, entry?.caBundle ?? "")),
    );
    return new Set([...shown, await leafOfSecret()]).size === 1;
  }, timeoutMs);
}

test("five guards that start at once on an empty Secret end with one CA, by few writes", async (t) => {
  const { guards } = platform.installation;
  const created = writesOf(guards, "first CA and leaf");
  assert.equal(created, 1);
  const entries = guards.flatMap((guard) =>
    guard
      .log()
      .split("\n")
      .filter((line) => line.includes('"webhook configuration written"')),
  );
  const first = entries.length + created;
  t.diagnostic(`${created} write of the Secret, ${entries.length} of the entries`);
  assert(first <= 10, `${first} writes`);
  await untilAllServe(5_000);
});

test("a guard whose clock is two hours off, either way, serves what the others serve and writes nothing", async (t) => {
  await platform.installation.startGuard();
  const [slow, fast] = platform.installation.guards.slice(4);
  assert(slow && fast);
  await fast.ready();
  const before = await leafOfSecret();
  await eventually(async () => (await leafOfSecret()) !== before, 2 * LEAF_LIFE_MS);
  await untilAllServe(10_000);
  for (const guard of [slow, fast]) {
    const skew = await guardTotal(guard, "keymate_guard_clock_skew_seconds");
    t.diagnostic(`clock skew as measured: ${skew} s`);
    assert(Math.abs(Math.abs(skew) - 7_200) < 2, `${skew}`);
    assert.equal(
      guard
        .log()
        .split("\n")
        .filter((line) => line.includes('"certificate Secret written"')).length,
      0,
    );
  }
  assert((await guardTotal(slow, "keymate_guard_clock_skew_seconds")) > 0);
});

test("guards that may not touch the Secret any more serve on, say so, and recover", async (t) => {
  const role = ["role", "keymate-guard", "-n", "keymate-guard"];
  const rules = JSON.parse(
    succeeded(await platform.kubectl("get", ...role, "-o", "json")).stdout,
  ).rules;
  const set = (value: unknown) =>
    platform.kubectl("patch", ...role, "--type=merge", "-p", JSON.stringify({ rules: value }));
  t.after(() => set(rules));
  succeeded(await set([]));
  const [guard] = platform.installation.guards;
  assert(guard);
  const failing = () => guardTotal(guard, "keymate_guard_certificate_problem");
  await eventually(async () => (await failing()) === 1, 20_000);
  assert.equal(
    await guardTotal(guard, "keymate_guard_certificate_secret_state", { state: "unreadable" }),
    1,
  );
  const page = await guard.ops("/readyz?verbose");
  assert.equal(page.status, 200, page.text);
  assert.match(
    page.text,
    /certificate in service until .*; cannot get secret .*keymate-guard-certs: needs permission/,
  );
  succeeded(await set(rules));
  const since = performance.now();
  await eventually(async () => (await failing()) === 0, 70_000);
  t.diagnostic(`recovered ${seconds(since)} after the rights were back`);
  await untilAllServe(20_000);
});

test("no call failed in all that time, as both sides count", async (t) => {
  const { calls, failures } = await probe.stop();
  t.diagnostic(`${calls} calls, ${failures.length} failed`);
  assert.deepEqual(failures, []);
  assertNoFaultyAnswer(await platform.cluster.metrics());
});

test("a guard that was suspended past a renewal serves the new leaf right after it goes on, and costs only calls on connections to it", async (t) => {
  const guard = platform.installation.guards[1];
  assert(guard);
  const { forwarder, guards } = platform.installation;
  const others = guards.slice(0, 4).filter((other) => other !== guard);
  const during = startProbe(platform.cluster.request, 10);
  await eventually(async () => during.result().calls >= 30);
  // As the kubelet's probe would have it. Connections that are open stay, and whoever calls on one
  // waits for the timeout of its entry: that nobody can spare him.
  process.kill(guard.pid, "SIGSTOP");
  forwarder.setBackends(others.map(({ port }) => port));
  const before = await leafOfSecret();
  await eventually(async () => (await leafOfSecret()) !== before, 2 * LEAF_LIFE_MS);
  const { calls, failures } = await during.stop();
  t.diagnostic(`${failures.length} of ${calls} calls met the frozen guard`);
  // A mutation that is not answered is skipped; the entries that enforce refuse what it left open.
  const isTimeout = /nothing was filled in|admission would add|deadline exceeded|Timeout/;
  assert.deepEqual(
    failures.filter((text) => !isTimeout.test(text)),
    [],
  );
  const after = startProbe(platform.cluster.request, 10);
  process.kill(guard.pid, "SIGCONT");
  const since = performance.now();
  await untilAllServe(20_000);
  t.diagnostic(`the new leaf ${seconds(since)} after it went on`);
  await eventually(async () => after.result().calls >= 50);
  assert.deepEqual((await after.stop()).failures, []);
});
