import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Drain } from "../../../src/adapters/http/drain.ts";
import { Load } from "../../../src/adapters/http/load.ts";
import type { Clock } from "../../../src/usecases/ports/clock.ts";
import { ALLOW, newPair, recordingLogger, responseOf, review, startGuard } from "./guard.ts";

/** A server and a clock that only a sleep moves on; `at` tells what happened when. */
function scene(drainMs: number) {
  let now = 0;
  const at: Record<string, number> = {};
  const events = new Map<number, () => void>();
  const load = new Load();
  let finishClosing = (): void => {};
  const closed = new Promise<void>((resolve) => {
    finishClosing = resolve;
  });
  const clock: Clock = {
    now: () => now,
    sleep: async (ms) => {
      now += ms;
      events.get(now)?.();
      await Promise.resolve();
    },
  };
  const server = {
    load,
    stopAccepting: () => {
      at["stopped"] = now;
      return closed;
    },
    closeAllConnections: () => {
      at["killed"] = now;
      finishClosing();
    },
  };
  const { logger } = recordingLogger();
  const drain = new Drain({ server, clock, monotonic: () => now, logger, drainMs });
  return { drain, load, at, events, finishClosing: () => finishClosing() };
}

describe("drain", () => {
  test("asks for closed connections and is visible at once", () => {
    const { drain, load } = scene(10_000);
    assert.equal(drain.draining, false);
    void drain.begin();
    assert.deepEqual([drain.draining, load.draining], [true, true]);
  });

  test("goes on accepting for the whole time given", async () => {
    const { drain, at, finishClosing } = scene(10_000);
    finishClosing();
    await drain.begin();
    assert.equal(at["stopped"], 10_000);
  });

  test("goes on until nobody came for 5 s", async () => {
    const { drain, at, load, events, finishClosing } = scene(1_000);
    events.set(4_000, () => {
      load.lastConnectionAt = 4_000;
    });
    finishClosing();
    await drain.begin();
    assert.equal(at["stopped"], 9_000);
  });

  test("stops accepting after 25 s, however many come", async () => {
    const { drain, at, load, events, finishClosing } = scene(10_000);
    for (let ms = 1_000; ms < 60_000; ms += 1_000) {
      events.set(ms, () => {
        load.lastConnectionAt = ms;
      });
    }
    finishClosing();
    await drain.begin();
    assert.equal(at["stopped"], 25_000);
  });

  test("waits 10 s for requests in flight, then cuts them", async () => {
    const { drain, at, load } = scene(10_000);
    load.requests = 1;
    await drain.begin();
    assert.deepEqual(at, { stopped: 10_000, killed: 20_000 });
  });

  test("of 0 stops at once but lets requests in flight end", async () => {
    const { drain, at, load, events } = scene(0);
    load.requests = 1;
    events.set(700, () => {
      load.requests = 0;
    });
    await drain.begin();
    assert.deepEqual(at, { stopped: 0, killed: 700 });
  });

  test("ends at once when hurried", async () => {
    const { drain, at, load, events } = scene(10_000);
    load.requests = 1;
    events.set(300, () => void drain.hurry());
    await drain.begin();
    assert.deepEqual(at, { stopped: 300, killed: 300 });
  });

  test("begins once", () => {
    const { drain } = scene(0);
    assert.equal(drain.begin(), drain.begin());
  });
});

describe("drain of a server under load", () => {
  test("fails no request, on kept connections or fresh ones", async () => {
    const guard = await startGuard();
    const { logger } = recordingLogger();
    let now = 0;
    let answered = 0;
    let closing = 0;
    let running = true;
    const call = async (fresh: boolean): Promise<void> => {
      while (running) {
        const reply = await guard.send("/validate", review(), fresh ? { agent: false, ca } : {});
        assert.equal(responseOf(reply)["allowed"], true);
        answered++;
        if (reply.headers["connection"] === "close") closing++;
      }
    };
    const { ca } = guard.agent.options;
    const callers = Array.from({ length: 8 }, (_, index) => call(index < 3));
    const after = async (count: number): Promise<void> => {
      const before = answered;
      while (answered < before + count) await new Promise((resolve) => setImmediate(resolve));
    };
    await after(50);
    // Endpoints take a while to change: callers come on, and stop before the server does.
    const clock: Clock = {
      now: () => now,
      sleep: async (ms) => {
        now += ms;
        if (now === 5_000) {
          running = false;
          await Promise.all(callers);
        } else if (running) await after(2);
      },
    };
    guard.server.swap(newPair());
    const drain = new Drain({
      server: guard.server,
      clock,
      monotonic: () => now,
      logger,
      drainMs: 10_000,
    });
    await drain.begin();
    await Promise.all(callers);
    assert.ok(closing > 50, `${closing} of ${answered}`);
    await assert.rejects(guard.send("/validate", review(), { agent: false, ca }), /ECONNREFUSED/);
  });

  test("answers what is in flight before it closes", async () => {
    let decide = (): void => {};
    const guard = await startGuard({
      admit: () =>
        new Promise((resolve) => {
          decide = () => resolve(ALLOW);
        }),
    });
    const pending = guard.send("/validate", review());
    const turn = () => new Promise<void>((resolve) => setImmediate(resolve));
    while (guard.server.load.requests === 0) await turn();
    let now = 0;
    const clock: Clock = {
      now: () => now,
      sleep: async (ms) => {
        now += ms;
        if (now === 500) decide();
        await turn();
      },
    };
    const { logger } = recordingLogger();
    const monotonic = () => now;
    await new Drain({ server: guard.server, clock, monotonic, logger, drainMs: 0 }).begin();
    const reply = await pending;
    assert.deepEqual([responseOf(reply)["allowed"], reply.headers["connection"]], [true, "close"]);
  });
});
