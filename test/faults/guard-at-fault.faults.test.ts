import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { INJECT, type Injection, SECRET, SLOW_RULE_MS } from "./support/injection.ts";
import { inWords, startOthers } from "./support/others.ts";
import { decisionOf, deployment, deploymentReview, reviewText } from "./support/reviews.ts";
import { type ServedGuard, serveGuard } from "./support/served-guard.ts";

const throwing = deploymentReview({ metadata: { labels: { throws: "x" } } });
const slow = deploymentReview({ metadata: { labels: { slow: "x" } } });
/** What a busy machine adds. */
const SLACK_MS = 2_000;

function inject({ child }: ServedGuard, injection: Injection): void {
  child.send(injection);
}

async function timed<T>(work: Promise<T>): Promise<{ readonly value: T; readonly ms: number }> {
  const since = performance.now();
  return { value: await work, ms: performance.now() - since };
}

test("a rule that throws denies on /validate/fail and warns on /validate; the others' findings stand", async (t) => {
  const guard = await serveGuard(t, { preload: INJECT });
  const strict = decisionOf(await guard.send("/validate/fail", throwing));
  assert.equal(strict.allowed, false);
  assert.match(strict.status?.message ?? "", /injected-throw.*fault of keymate-guard/);
  const lax = decisionOf(await guard.send("/validate", throwing));
  assert.match(JSON.stringify(lax.warnings), /injected-throw.*fault of keymate-guard/);
  for (const { status, warnings } of [strict, lax]) {
    assert.match(`${status?.message}\n${warnings}`, /\[res-requests-required\]/);
  }
  assert.ok(!guard.output().includes(SECRET) && !JSON.stringify([strict, lax]).includes(SECRET));
});

const parameters: readonly [string, number][] = [
  ["?timeout=1s", 800],
  ["?timeout=30s", 4_000],
  ["", 4_000],
  ["?timeout=garbage", 4_000],
  ["?timeout=1s&timeout=2s", 4_000],
];
for (const [query, dueMs] of parameters) {
  test(`rules slower than the time of "${query}" are left ${dueMs} ms after its start`, async (t) => {
    const guard = await serveGuard(t, { preload: INJECT });
    decisionOf(await guard.send("/validate", deploymentReview()));
    const { value, ms } = await timed(guard.send(`/validate/fail${query}`, slow));
    const decision = decisionOf(value);
    t.diagnostic(`answered after ${ms.toFixed(0)} ms`);
    assert.equal(decision.allowed, false);
    assert.match(decision.status?.message ?? "", /ran out of time/);
    assert.match(decision.status?.message ?? "", /\[res-requests-required\]/);
    assert.ok(ms >= dueMs - 5, "it used its time");
    assert.ok(ms < dueMs + SLOW_RULE_MS + SLACK_MS, `answered after ${ms} ms`);
    const lax = decisionOf(await guard.send(`/validate${query || "?timeout=1s"}`, slow));
    assert.match(JSON.stringify(lax.warnings), /ran out of time/);
  });
}

for (const kind of ["reject", "throw"] as const) {
  const what = kind === "reject" ? "an unhandled rejection" : "an uncaught exception";
  test(`${what} drains, fails no review of others, and ends with exit code 3`, async (t) => {
    const guard = await serveGuard(t, { preload: INJECT, args: ["--drain", "2s"] });
    const others = await startOthers(guard, { perSecond: 20 });
    inject(guard, { kind });
    while ((await guard.ops("/readyz")).status === 200) await sleep(20);
    assert.equal((await guard.ops("/livez")).status, 200);
    await sleep(1_500);
    const result = await others.stop();
    const { value: code, ms } = await timed(guard.exited);
    t.diagnostic(`${inWords(result)}; ended ${ms.toFixed(0)} ms after the last of them`);
    assert.deepEqual(result.failures, []);
    assert.equal(code, 3);
    assert.match(guard.output(), /fault that ends the process/);
    assert.ok(!guard.output().includes(SECRET), "no message of an error");
  });
}

test("with the heap at 90 % reviews are decided, and the process lives on", async (t) => {
  const guard = await serveGuard(t, { preload: INJECT });
  const others = await startOthers(guard, { perSecond: 20 });
  inject(guard, { kind: "fill-heap", share: 0.9, ms: 5_000 });
  await sleep(6_000);
  const result = await others.stop();
  t.diagnostic(`${inWords(result)}; RSS at most ${guard.memory().peak} MiB`);
  assert.deepEqual(result.failures, []);
  assert.ok(guard.running());
});

test("with the event loop blocked for 5 s nobody's connection is lost, and nothing restarts", async (t) => {
  const guard = await serveGuard(t, { preload: INJECT });
  const others = await startOthers(guard, { perSecond: 20 });
  inject(guard, { kind: "block", ms: 5_000 });
  await sleep(7_000);
  const result = await others.stop();
  t.diagnostic(inWords(result));
  assert.deepEqual(result.failures, []);
  assert.ok(guard.running());
  assert.equal((await guard.ops("/readyz")).status, 200);
});

test("with a tenth of a processor reviews are decided before their deadline", async (t) => {
  const guard = await serveGuard(t);
  let throttled = true;
  const throttle = (async () => {
    while (throttled) {
      guard.child.kill("SIGSTOP");
      await sleep(90);
      guard.child.kill("SIGCONT");
      await sleep(10);
    }
  })();
  const text = reviewText(JSON.stringify(deployment()));
  const took: number[] = [];
  for (let round = 0; round < 20; round++) {
    const { value, ms } = await timed(guard.send("/validate/fail?timeout=5s", text));
    assert.equal(decisionOf(value).allowed, false);
    took.push(ms);
  }
  throttled = false;
  await throttle;
  t.diagnostic(`20 reviews at 10 %: ${Math.max(...took).toFixed(0)} ms at most`);
  assert.ok(Math.max(...took) < 5_000);
});
