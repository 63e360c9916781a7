import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { UsageReadings } from "../../src/usecases/usage-readings.ts";
import { rawObject } from "../support/builders.ts";

function metrics(pod: string, timestamp: string) {
  return rawObject("metrics.k8s.io/v1beta1", "PodMetrics", pod, { namespace: "iam", timestamp });
}

function times(usage: UsageReadings, pod: string): unknown[] {
  return usage.of("iam", pod).map((one) => one["timestamp"]);
}

suite("readings of metrics", () => {
  test("are kept oldest first, and no more than asked for", () => {
    const usage = new UsageReadings(2);
    for (const time of ["1", "2", "3"]) usage.add([metrics("api", time)]);
    assert.deepEqual(times(usage, "api"), ["2", "3"]);
    assert.equal(usage.readings, 2);
  });

  test("that tell nothing new are no readings", () => {
    const usage = new UsageReadings(3);
    usage.add([metrics("api", "1")]);
    usage.add([metrics("api", "1")]);
    assert.deepEqual(times(usage, "api"), ["1"]);
    assert.equal(usage.readings, 1);
  });

  test("of Pods that are gone are forgotten, and a younger Pod has fewer", () => {
    const usage = new UsageReadings(3);
    usage.add([metrics("old", "1"), metrics("api", "1")]);
    usage.add([metrics("api", "2"), metrics("new", "2")]);
    assert.deepEqual(times(usage, "old"), []);
    assert.deepEqual(times(usage, "new"), ["2"]);
    assert.equal(usage.readings, 2);
  });
});
