import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { INJECT } from "./support/injection.ts";
import { inWords, quietly, startOthers } from "./support/others.ts";
import { decisionOf, deploymentReview, reviewText } from "./support/reviews.ts";
import { serveGuard } from "./support/served-guard.ts";

const MIB = 1024 * 1024;
/** Of the container, in the manifests. */
const MEMORY_LIMIT_MIB = 384;

/** The longest that the API server can send: 3 MiB of `<` over 1.5 MiB, six bytes each. */
function largestReview(): Buffer {
  const object = (length: number) => {
    const note = "\\u003c".repeat(length);
    return `{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"api","namespace":"platform-application","annotations":{"note":"${note}"}},"spec":{"template":{"spec":{"containers":[{"name":"api","image":"api:1.0"}]}}}}`;
  };
  const old = object(1.5 * MIB - 8_192);
  const text = reviewText(object(3 * MIB - 4_096), { operation: "UPDATE", oldObject: 0 });
  return Buffer.from(text.replace('"oldObject":0', () => `"oldObject":${old}`));
}

test("a review of 27 MiB is decided in time while everybody else is answered", async (t) => {
  const guard = await serveGuard(t, { preload: INJECT });
  const body = largestReview();
  const quiet = await quietly(guard);
  decisionOf(await guard.send("/validate/fail", body));
  guard.child.send({ kind: "watch-turns" });
  const others = await startOthers(guard);
  const took: number[] = [];
  for (let round = 0; round < 12; round++) {
    const startedAt = performance.now();
    const path = round % 2 === 0 ? "/validate/fail?timeout=5s" : "/mutate?timeout=3s";
    const decision = decisionOf(await guard.send(path, body));
    took.push(performance.now() - startedAt);
    assert.doesNotMatch(JSON.stringify(decision), /guard (itself )?failed|ran out of time/);
  }
  const result = await others.stop();
  guard.child.send({ kind: "tell-turns" });
  const [turn] = (await once(guard.child, "message")) as [number];
  const { peak } = guard.memory();
  t.diagnostic(`longest turn of the event loop: ${turn.toFixed(1)} ms of processor time`);
  t.diagnostic(
    `${(body.length / MIB).toFixed(1)} MiB: ${took.map((ms) => ms.toFixed(0)).join(" ")} ms`,
  );
  t.diagnostic(`before, ${inWords(quiet)}`);
  t.diagnostic(`meanwhile, ${inWords(result)}; RSS at most ${peak} MiB`);
  assert.deepEqual(result.failures, []);
  assert.ok(Math.max(...took) < 3_000, "decided before the API server gives up");
  assert.ok(turn < 100, `others waited for ${turn} ms of processor time`);
  assert.ok(peak < MEMORY_LIMIT_MIB, `RSS was ${peak} MiB`);
});

const bombs: readonly [string, string, number][] = [
  ["empty objects", "{},", 32 * MIB],
  ["short strings", '"ab",', 32 * MIB],
  ["nested lists", "[[[]]],", 32 * MIB],
  ["just below the limit on values", '{"a":0},', (1_999_000 / 2) * 8],
];

for (const [what, piece, bytes] of bombs) {
  test(`a body of ${what} neither ends the process nor outgrows its memory`, async (t) => {
    const guard = await serveGuard(t);
    const list = `[${piece.repeat(Math.floor((bytes - 2_000) / piece.length))}0]`;
    const body = Buffer.from(reviewText(`{"kind":"Deployment","spec":${list}}`));
    const startedAt = performance.now();
    const answers = await Promise.all([1, 2, 3].map(() => guard.send("/validate", body)));
    const ms = performance.now() - startedAt;
    const { peak } = guard.memory();
    t.diagnostic(
      `3 of ${(body.length / MIB).toFixed(1)} MiB: ${answers.map(({ status }) => status)}, ${ms.toFixed(0)} ms, RSS at most ${peak} MiB`,
    );
    for (const { status } of answers) assert.ok([200, 413, 429].includes(status), `${status}`);
    assert.ok(guard.running());
    assert.ok(peak < MEMORY_LIMIT_MIB, `RSS was ${peak} MiB`);
    decisionOf(await guard.send("/validate", deploymentReview()));
  });
}

test("bodies over 32 MiB get 413, and the memory of none is kept", async (t) => {
  const guard = await serveGuard(t);
  const body = Buffer.alloc(33 * MIB, " ");
  for (let round = 0; round < 4; round++) {
    const declared = await guard.send("/validate", body);
    const chunked = await guard.send("/validate", body, {
      headers: { "transfer-encoding": "chunked" },
    });
    assert.deepEqual([declared.status, chunked.status], [413, 413]);
  }
  const { peak } = guard.memory();
  t.diagnostic(`8 bodies of 33 MiB: RSS at most ${peak} MiB`);
  assert.ok(peak < MEMORY_LIMIT_MIB);
});
