import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import type { Fault, Match } from "../../cluster/fault-proxy.ts";
import { PACE, within } from "./fast-clock.ts";
import { KINDS, LIMIT_RANGE } from "./objects.ts";
import { relistSpacing, type Scene } from "./scene.ts";

/** What holds after every fault; `since` is its end by the guard's clock. */
export async function assertRecovery(t: TestContext, scene: Scene, since: number): Promise<void> {
  const seconds = await scene.recovered(since);
  await within(120, () => scene.proxy.watches() >= KINDS.length - 1);
  const spacing = relistSpacing(scene);
  const relists = scene.cache.stats().map(({ relists: count }) => count);
  t.diagnostic(
    `recovered after ${seconds} s of the guard's clock (pace ${PACE}); relists ${relists.join(" ")}, ` +
      `${spacing} s apart at least`,
  );
  assert.ok(spacing >= 30, `two relists within ${spacing} s`);
  for (const { problem, kind } of scene.cache.stats()) {
    if (scene.cache.readability(kind) === "readable") assert.equal(problem, undefined);
  }
  const denies = await scene.hasLimit();
  assert.deepEqual(scene.verdict(), denies ? ["enforce"] : []);
}

/** The limit goes while the fault lasts; it stands in the cache until that becomes unreadable. */
export async function assertGoesUnreadable(scene: Scene, why: RegExp): Promise<void> {
  await within(400, () => scene.cache.readability(LIMIT_RANGE) === "unreadable");
  assert.match(scene.cache.reason(LIMIT_RANGE) ?? "", why);
  assert.deepEqual(scene.verdict(), ["warn"]);
  const stats = scene.cache.stats().find(({ kind }) => kind === LIMIT_RANGE);
  assert.ok(stats);
  assert.notEqual(stats.problem, undefined);
}

export const isWatch: Match = ({ isWatch: yes }) => yes;

/** A Status as the API server answers with. */
const status = (code: number, extra: object = {}) => ({ kind: "Status", code, ...extra });
export const answer = (code: number, headers: Record<string, string> = {}): Fault => ({
  do: "answer",
  status: code,
  headers: { "content-type": "application/json", ...headers },
  body: JSON.stringify(status(code, { message: `answered ${code}` })),
});
export const errorEvent = (code: number): Fault => ({
  do: "answer",
  status: 200,
  body: `${JSON.stringify({ type: "ERROR", object: status(code) })}\n`,
});
