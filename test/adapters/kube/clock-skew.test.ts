import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { ApiResponse, Connection } from "../../../src/adapters/kube/api-client.ts";
import { ClockSkew } from "../../../src/adapters/kube/clock-skew.ts";

const HOUR = 3_600_000;
const start = Date.parse("2026-03-01T12:00:00.400Z");

/** One answer of an API server that is `ahead`, after `there` milliseconds, read `back` later. */
async function after(ahead: number, there: number, back: number, date?: string) {
  let now = start;
  const skew = new ClockSkew({ now: () => now, sleep: async () => {} });
  const server: Connection = {
    server: "https://api.example",
    namespace: undefined,
    request: async (): Promise<ApiResponse> => {
      now += there;
      const header = date ?? new Date(now + ahead).toUTCString();
      now += back;
      return { status: 403, headers: { date: header }, body: "", bytes: 0 };
    },
    stream: () => assert.fail("not asked"),
    close: () => {},
  };
  assert.equal(skew.ms, undefined);
  await skew.through(server).request({ method: "GET", path: "/" });
  return { ms: skew.ms, off: skew.serverClock.now() - (now + ahead) };
}

describe("ClockSkew", () => {
  it("is nothing when both clocks agree, however slow the answer or the reader", async () => {
    assert.equal((await after(0, 5, 5)).ms, 0);
    assert.equal((await after(0, 29_000, 0)).ms, 0);
    assert.equal((await after(0, 0, 3 * HOUR)).ms, 0, "suspended before the answer was read");
  });

  it("is what the way there and back cannot explain, in either direction", async () => {
    for (const ahead of [-48 * HOUR, -2 * HOUR, 2 * HOUR, 48 * HOUR]) {
      const { ms = 0, off } = await after(ahead, 20, 20);
      assert.equal(Math.sign(ms), Math.sign(ahead));
      assert.ok(Math.abs(ms - ahead) < 1_100, `${ms} for ${ahead}`);
      assert.ok(Math.abs(off) < 1_100, "its own time is as far off");
    }
  });

  it("stays unknown when an answer has no date that can be read", async () => {
    assert.equal((await after(2 * HOUR, 5, 5, "yesterday")).ms, undefined);
  });
});
