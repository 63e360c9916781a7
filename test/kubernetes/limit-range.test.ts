import assert from "node:assert/strict";
import { suite, test } from "node:test";
import fc from "fast-check";
import type { JsonObject } from "../../src/kubernetes/json.ts";
import {
  type LimitRange,
  limitRangeDefault,
  limitRangeOf,
  limitRangesOf,
} from "../../src/kubernetes/limit-range.ts";
import {
  containerBounds,
  isWithin,
  largestLimit,
  smallestRequest,
} from "../../src/kubernetes/limit-range-bounds.ts";
import { violationsOf } from "../../src/kubernetes/limit-range-violations.ts";
import { admitPod } from "../../src/kubernetes/limit-ranger.ts";
import { formatQuantity } from "../../src/kubernetes/quantity-format.ts";
import { parseResource } from "../../src/kubernetes/resources.ts";
import { containersOf } from "../../src/kubernetes/workload.ts";

function rangeOf(name: string, ...limits: JsonObject[]): LimitRange {
  return limitRangeOf({ metadata: { name }, spec: { limits } });
}

function podOf(spec: JsonObject) {
  return { containers: containersOf("Pod", { spec }), podSpec: spec };
}

function kindsOf(spec: JsonObject, ...ranges: LimitRange[]): string[] {
  const admitted = admitPod(podOf(spec), ranges);
  assert.ok(admitted !== undefined);
  return violationsOf(admitted, ranges).map(
    ({ kind, container, list, resource }) =>
      `${container?.name ?? "pod"} ${list}.${resource} ${kind}`,
  );
}

function api(resources: JsonObject): JsonObject {
  return { containers: [{ name: "api", resources }] };
}

suite("a LimitRange", () => {
  test("defaults itself: max to default, default to defaultRequest, min to defaultRequest", () => {
    const range = rangeOf("r", {
      type: "Container",
      max: { cpu: 2, memory: "2Gi" },
      default: { memory: "1Gi" },
      min: { cpu: "100m", "ephemeral-storage": "1Gi" },
    });
    const defaultOf = (list: "requests" | "limits", resource: string) => {
      const found = limitRangeDefault([range], list, resource);
      return found && formatQuantity(found.value);
    };
    assert.equal(defaultOf("limits", "cpu"), "2");
    assert.equal(defaultOf("requests", "cpu"), "2");
    assert.equal(defaultOf("limits", "memory"), "1Gi");
    assert.equal(defaultOf("requests", "memory"), "1Gi");
    assert.equal(defaultOf("limits", "ephemeral-storage"), undefined);
    assert.equal(defaultOf("requests", "ephemeral-storage"), "1Gi");
  });

  test("of type Pod defaults nothing", () => {
    const range = rangeOf("r", { type: "Pod", max: { cpu: 2 }, default: { cpu: 1 } });
    assert.equal(limitRangeDefault([range], "limits", "cpu"), undefined);
  });

  test("counts no more once it is being deleted", () => {
    assert.deepEqual(limitRangesOf([{ metadata: { name: "r", deletionTimestamp: "now" } }]), []);
  });

  test("with nonsense in it is read as far as possible", () => {
    for (const spec of [null, 1, {}, { limits: 1 }, { limits: [null, { type: "Container" }] }]) {
      assert.ok(limitRangeOf({ metadata: { name: "r" }, spec }).items.length <= 1);
    }
    const range = rangeOf("r", { type: "Container", max: { cpu: "much", memory: "1Gi" } });
    assert.deepEqual([...(range.items[0]?.max.keys() ?? [])], ["memory"]);
  });
});

suite("LimitRangers together", () => {
  const one = rangeOf("one", { type: "Container", default: { memory: "512Mi" } });
  const same = rangeOf("same", { type: "Container", default: { memory: "0.5Gi" } });
  const other = rangeOf("other", { type: "Container", max: { memory: "1Gi" } });

  test("have a default that is sure while they agree", () => {
    assert.equal(limitRangeDefault([one, same], "limits", "memory")?.rivals, undefined);
  });

  test("have rivals where they disagree, a maximum included", () => {
    const found = limitRangeDefault([one, same, other], "limits", "memory");
    assert.deepEqual(found?.rivals, ["one", "other"]);
    assert.deepEqual(kindsOf(api({}), one, other), ["api limits.memory rivals"]);
    assert.deepEqual(kindsOf(api({ limits: { memory: "256Mi" } }), one, other), []);
  });

  test("bound a container by the tightest constraints", () => {
    const ranges = [
      rangeOf("a", { type: "Container", min: { cpu: "100m" }, max: { cpu: 4 } }),
      rangeOf("b", { type: "Container", min: { cpu: "200m" }, max: { cpu: 3 } }),
      rangeOf("c", { type: "Pod", max: { cpu: 1 } }),
    ];
    const { min, max, maxRatio } = containerBounds(ranges, "cpu");
    assert.equal(min && formatQuantity(min), "200m");
    assert.equal(max && formatQuantity(max), "3");
    assert.equal(maxRatio, undefined);
  });
});

suite("the admission of a Pod by LimitRanger", () => {
  test("copies limits to requests before any default is filled in", () => {
    const range = rangeOf("r", { type: "Container", defaultRequest: { cpu: "10m" } });
    const admitted = admitPod(podOf(api({ limits: { cpu: "2" } })), [range]);
    assert.equal(admitted?.containers[0]?.requests.get("cpu")?.nano, 2_000_000_000n);
  });

  test("fills in a limit below a written request, and refuses the Pod for it", () => {
    const range = rangeOf("r", { type: "Container", default: { memory: "512Mi" } });
    const spec = api({ requests: { memory: "2Gi" } });
    assert.deepEqual(kindsOf(spec, range), ["api limits.memory order"]);
  });

  test("says nothing where a value is no quantity", () => {
    assert.equal(admitPod(podOf(api({ limits: { cpu: "1K" } })), []), undefined);
  });

  test("leaves a written request above a written limit to another rule", () => {
    const spec = api({ requests: { cpu: 2 }, limits: { cpu: 1 } });
    assert.deepEqual(kindsOf(spec, rangeOf("r", { type: "Container", max: { cpu: 4 } })), []);
  });

  test("compares the Pod as a whole with what pod level says, where it says something", () => {
    const range = rangeOf("r", { type: "Pod", max: { cpu: 2 } });
    const containers = [
      { name: "api", resources: { limits: { cpu: 2 } } },
      { name: "web", resources: { limits: { cpu: 2 } } },
    ];
    assert.deepEqual(kindsOf({ containers }, range), ["pod limits.cpu max"]);
    const resources = { limits: { cpu: 2 }, requests: { cpu: 2 } };
    assert.deepEqual(kindsOf({ containers, resources }, range), []);
  });

  test("takes a pod-level request for the limit where all containers have a lower one", () => {
    const range = rangeOf("r", { type: "Pod", min: { memory: "512Mi" } });
    const containers = [{ name: "api", resources: { limits: { memory: "256Mi" } } }];
    assert.deepEqual(kindsOf({ containers }, range), ["pod requests.memory min"]);
    const resources = { requests: { memory: "512Mi" } };
    assert.deepEqual(kindsOf({ containers, resources }, range), []);
  });

  test("reports one violation per container and resource", () => {
    const range = rangeOf("r", {
      type: "Container",
      min: { cpu: 1 },
      max: { cpu: 2 },
      maxLimitRequestRatio: { cpu: 2 },
    });
    const spec = api({ requests: { cpu: "100m" }, limits: { cpu: 8 } });
    assert.deepEqual(kindsOf(spec, range), ["api requests.cpu min"]);
  });
});

const amounts = fc
  .tuple(fc.integer({ min: 1, max: 100_000 }), fc.constantFrom("m", "Mi", "", "Ki"))
  .map(([size, suffix]) => parseResource(`${size}${suffix}`))
  .filter((amount) => amount !== undefined);

const ratios = fc
  .integer({ min: 1000, max: 20_000 })
  .map((milli) => parseResource(`${milli}m`))
  .filter((ratio) => ratio !== undefined);

suite("a ratio of limit to request", () => {
  test("holds for the smallest request that is computed for a limit", () => {
    fc.assert(
      fc.property(amounts, ratios, (limit, maxRatio) => {
        const request = smallestRequest(maxRatio, limit);
        assert.ok(isWithin({ min: undefined, max: undefined, maxRatio }, { request, limit }));
      }),
    );
  });

  test("is never exceeded by the largest limit that is computed for a request", () => {
    fc.assert(
      fc.property(amounts, ratios, (request, maxRatio) => {
        const limit = largestLimit(maxRatio, request);
        assert.ok(limit.nano * 1_000_000_000n <= maxRatio.nano * request.nano);
      }),
    );
  });
});
