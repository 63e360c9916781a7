import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { budget, RequestDeadline, timeoutParameter } from "../../../src/adapters/http/deadline.ts";

describe("timeoutParameter", () => {
  const cases: [string, number | undefined][] = [
    ["/mutate?timeout=10s", 10_000],
    ["/mutate?timeout=1500ms", 1_500],
    ["/mutate?timeout=2m", 120_000],
    ["/mutate?x=1&timeout=3s&y=2", 3_000],
    ["/mutate", undefined],
    ["/mutate?", undefined],
    ["/mutate?timeout", undefined],
    ["/mutate?timeout=", undefined],
    ["/mutate?timeout=0s", undefined],
    ["/mutate?timeout=-1s", undefined],
    ["/mutate?timeout=1.5s", undefined],
    ["/mutate?timeout=1h", undefined],
    ["/mutate?timeout=10", undefined],
    ["/mutate?timeout=1s2", undefined],
    ["/mutate?timeout=1s&timeout=1s", undefined],
    ["/mutate?TIMEOUT=1s", undefined],
    [`/mutate?timeout=${"9".repeat(400)}s`, undefined],
  ];
  for (const [url, expected] of cases) {
    test(`of ${url.slice(0, 40)} is ${expected}`, () => {
      assert.equal(timeoutParameter(url), expected);
    });
  }
});

describe("budget", () => {
  test("is a fifth less than the smaller of parameter and configuration", () => {
    assert.equal(budget("/?timeout=1s", 5_000), 800);
    assert.equal(budget("/?timeout=30s", 5_000), 4_000);
    assert.equal(budget("/", 5_000), 4_000);
  });
});

describe("RequestDeadline", () => {
  test("expires at its time and leaves nothing after it", () => {
    let now = 0;
    const deadline = new RequestDeadline(() => now, 10);
    assert.deepEqual([deadline.expired(), deadline.left()], [false, 10]);
    now = 10;
    assert.deepEqual([deadline.expired(), deadline.left()], [true, 0]);
    now = 99;
    assert.equal(deadline.left(), 0);
  });
});
