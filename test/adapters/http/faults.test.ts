import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Decision } from "../../../src/engine/decision.ts";
import type { Admit, Deadline } from "../../../src/usecases/ports/admission.ts";
import type { Clock } from "../../../src/usecases/ports/clock.ts";
import { assertAcceptedByApiServer } from "../../support/response-checker.ts";
import { ALLOW, responseOf, review, reviewRequest, startGuard } from "./guard.ts";

/** Time passes only when somebody sleeps. */
const JUMPY_CLOCK: Clock = { now: () => 0, sleep: () => Promise.resolve() };

const never: Admit = () => new Promise<Decision>(() => {});

const causes: [string, Admit, string][] = [
  [
    "throws",
    () => {
      throw new Error("hunter2");
    },
    "admit",
  ],
  ["rejects", () => Promise.reject(new Error("hunter2")), "admit"],
  ["throws what is no error", () => Promise.reject("hunter2"), "admit"],
  ["is not done in time", never, "deadline"],
  ["decides what cannot be encoded", () => ({ ...ALLOW, warnings: [1n] }) as never, "response"],
];

describe("a fault of the guard", () => {
  for (const [name, admit, where] of causes) {
    for (const path of ["/mutate", "/validate", "/validate/fail"] as const) {
      const allowed = path !== "/validate/fail";
      test(`is ${allowed ? "an allow" : "a denial"} on ${path} when admit ${name}`, async () => {
        await using guard = await startGuard({ admit, clock: JUMPY_CLOCK });
        const reply = await guard.send(path, review());
        assertAcceptedByApiServer({
          httpStatus: reply.status,
          headers: reply.headers,
          rawBody: reply.body,
          endpoint: path === "/mutate" ? "mutating" : "validating",
          request: reviewRequest(),
        });
        const response = responseOf(reply);
        assert.equal(response["allowed"], allowed);
        const text = JSON.stringify(allowed ? response["warnings"] : response["status"]);
        assert.match(text, /keymate-guard itself failed/);
        if (!allowed) assert.match(text, /Pod a\/b: .*the guard is at fault, not the object/);
        const [admission] = guard.recorded.admissions;
        assert.deepEqual(
          [admission?.decision.outcome, admission?.decision.faults],
          ["error", [where]],
        );
        assert.doesNotMatch(JSON.stringify(guard.lines) + reply.body, /hunter2/);
      });
    }
  }

  test("is logged once with where it happened, beside the decision", async () => {
    const [, admit] = causes[0] ?? assert.fail();
    await using guard = await startGuard({ admit });
    await guard.send("/validate", review());
    assert.deepEqual(
      guard.lines.map(({ level, message }) => [level, message]),
      [
        ["error", "guard failed on a review"],
        ["info", "review decided"],
      ],
    );
    assert.match(JSON.stringify(guard.lines[0]?.fields), /faults\.test\.ts/);
  });

  test("in the metrics does not cost the answer", async () => {
    const fail = (): never => {
      throw new Error("no metrics");
    };
    await using guard = await startGuard({
      metrics: { admission: fail, finding: fail, internalError: fail, refused: () => {} },
    });
    assert.equal(responseOf(await guard.send("/validate", review()))["allowed"], true);
  });

  test("that comes after the answer is swallowed", async () => {
    let fail: (error: Error) => void = () => {};
    const admit: Admit = () =>
      new Promise((_resolve, reject) => {
        fail = reject;
      });
    await using guard = await startGuard({ admit, clock: JUMPY_CLOCK });
    await guard.send("/validate", review());
    fail(new Error("too late"));
    assert.equal((await guard.send("/validate", review())).status, 200);
  });
});

describe("an asynchronous admit", () => {
  test("answers when it is done", async () => {
    await using guard = await startGuard({ admit: () => Promise.resolve(ALLOW) });
    assert.equal(responseOf(await guard.send("/validate", review()))["allowed"], true);
  });
});

describe("the deadline of a request", () => {
  const parameters: [string, number][] = [
    ["", 4_000],
    ["?timeout=1s", 800],
    ["?timeout=30s", 4_000],
    ["?timeout=garbage", 4_000],
    ["?timeout=1s&timeout=2s", 4_000],
    ["?timeout=500ms", 400],
  ];
  for (const [query, ms] of parameters) {
    test(`with "${query}" is ${ms} ms after its start`, async () => {
      let now = 1_000;
      const answers: boolean[] = [];
      const admit: Admit = (_request, _path, deadline: Deadline) => {
        now += ms - 1;
        answers.push(deadline.expired());
        now += 1;
        answers.push(deadline.expired());
        return ALLOW;
      };
      await using guard = await startGuard({ admit, monotonic: () => now });
      await guard.send(`/validate${query}`, review());
      assert.deepEqual(answers, [false, true]);
    });
  }
});
