import assert from "node:assert/strict";
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { withFileLock } from "./file-lock.ts";

function lockPath(t: TestContext): string {
  const dir = mkdtempSync(join(tmpdir(), "keymate-guard-lock-"));
  t.after(() => rmSync(dir, { recursive: true }));
  return join(dir, "deeper", "lock");
}

test("the file lock lets one holder in at a time", async (t) => {
  const path = lockPath(t);
  const steps: string[] = [];
  const work = (name: string) => async () => {
    steps.push(`${name} in`);
    await sleep(50);
    steps.push(`${name} out`);
  };
  const first = withFileLock(path, work("a"));
  await sleep(10);
  await Promise.all([first, withFileLock(path, work("b"), () => steps.push("b waits"))]);
  assert.deepEqual(steps, ["a in", "b waits", "a out", "b in", "b out"]);
});

test("the file lock is free again when the work fails", async (t) => {
  const path = lockPath(t);
  await assert.rejects(
    withFileLock(path, () => Promise.reject(new Error("no"))),
    /no/,
  );
  assert.equal(await withFileLock(path, async () => "done"), "done");
});

test("the file lock of a killed holder is taken over", async (t) => {
  const path = lockPath(t);
  await withFileLock(path, async () => {});
  writeFileSync(path, "");
  const longAgo = new Date(Date.now() - 60_000);
  utimesSync(path, longAgo, longAgo);
  assert.equal(await withFileLock(path, async () => "done"), "done");
});
