import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { callErrorsIn } from "../faults/support/call-errors.ts";
import { growthOf, slopePerHour } from "../faults/support/leak.ts";
import { parseOptions } from "../faults/support/options.ts";
import { countsOf } from "../faults/support/oracles.ts";
import { GUARANTEES } from "../faults/table.ts";

const MINUTE = 60_000;

suite("the slope of a value", () => {
  test("is what it grows by in an hour", () => {
    const points = [0, 1, 2, 3].map((n) => [n * 30 * MINUTE, 100 + n] as const);
    assert.equal(slopePerHour(points).toFixed(6), "2.000000");
  });

  test("is the line through noise", () => {
    const points = [5, -5, -5, 5].map((noise, n) => [n * 60 * MINUTE, 10 * n + noise] as const);
    assert.equal(slopePerHour(points).toFixed(6), "10.000000");
  });

  test("is 0 for a single sample", () => {
    assert.equal(slopePerHour([[0, 7]]), 0);
  });

  test("leaves warm-up out", () => {
    const samples = Array.from({ length: 10 }, (_, n) => ({
      at: n * MINUTE,
      rssMib: n < 2 ? n * 1_000 : 150,
      heapMib: 50,
      descriptors: 40 + (n === 5 ? 3 : 0),
    }));
    const growth = growthOf(samples);
    assert.equal(growth.rss, 0);
    assert.equal(growth.lastRssMib, 150);
    assert.deepEqual(
      [growth.firstDescriptors, growth.mostDescriptors, growth.lastDescriptors],
      [40, 43, 40],
    );
  });
});

test("calls that failed are read from an API server's log, those that timed out apart", () => {
  const log = [
    "I1123 22:18:48.000001   21257 some.go:1] nothing of interest",
    'W1123 22:18:48.334123   21257 dispatcher.go:225] Failed calling webhook, failing open default-named.guard.keymate.io: failed calling webhook "default-named.guard.keymate.io": failed to call webhook: Post "https://a.b.svc:1/mutate?timeout=3s": context deadline exceeded',
    'W1123 22:18:49.500000   21257 dispatcher.go:241] Failed calling webhook, failing closed enforce-named.guard.keymate.io: failed calling webhook "enforce-named.guard.keymate.io": failed to call webhook: Post "https://a.b.svc:1/validate/fail?timeout=5s": EOF',
  ].join("\n");
  const [late, gone, ...more] = callErrorsIn(log, new Date("2026-11-24T00:00:00"));
  assert.deepEqual(more, []);
  assert.equal(late?.isTimeout, true);
  assert.equal(late?.at, Date.parse("2026-11-23T22:18:48.334"));
  assert.equal(gone?.isTimeout, false, "the time-out in the address is none");
  assert.equal(gone?.webhook, "enforce-named.guard.keymate.io");
});

test("refusals by decision are no failed calls, everything else that an API server counts is", () => {
  const page = [
    'apiserver_admission_webhook_rejection_count{error_type="no_error",name="a"} 4',
    'apiserver_admission_webhook_rejection_count{error_type="calling_webhook_error",name="a"} 2',
    'apiserver_admission_webhook_fail_open_count{name="b"} 3',
    'apiserver_admission_webhook_request_total{name="a"} 50',
  ].join("\n");
  const { asked, callErrors, failedOpen, faults } = countsOf([page, page]);
  assert.deepEqual({ asked, callErrors, failedOpen }, { asked: 100, callErrors: 4, failedOpen: 6 });
  assert.equal(faults.length, 4);
});

suite("a run of the fault tests", () => {
  test("takes all rows but the long ones when none is named", () => {
    const { guarantees } = parseOptions([]);
    assert.equal(guarantees.length, GUARANTEES.filter(({ long }) => long !== true).length);
    assert(!guarantees.some(({ row }) => row === "28"));
  });

  test("takes the rows that are named, and hands parameters to their tests", () => {
    const options = parseOptions(["28", "endurance", "--rate", "20", "--minutes=5", "--record"]);
    assert.deepEqual(
      options.guarantees.map(({ row }) => row),
      ["28", "endurance"],
    );
    assert.deepEqual(options.environment, { FAULTS_RATE: "20", FAULTS_MINUTES: "5" });
    assert.equal(options.record, true);
  });

  test("names a row that there is not, and a number that is none", () => {
    assert.throws(() => parseOptions(["30"]), /there is no row "30"/);
    assert.throws(
      () => parseOptions(["--rate", "fast"]),
      /--rate takes a number over 0, not "fast"/,
    );
  });
});
