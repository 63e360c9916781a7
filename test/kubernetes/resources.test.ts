import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { formatQuantity } from "../../src/kubernetes/quantity-format.ts";
import {
  isLimited,
  isRequested,
  parseResource,
  podTotal,
  requestOf,
  type Share,
} from "../../src/kubernetes/resources.ts";

function share(role: Share["role"], text?: string): Share {
  return { role, amount: text === undefined ? undefined : parseResource(text) };
}

function totalOf(...shares: Share[]): string | undefined {
  const total = podTotal(shares);
  return total === undefined ? undefined : formatQuantity(total);
}

suite("requests and limits", () => {
  test("a limit is the request where none is written", () => {
    const container = { resources: { limits: { cpu: "2" } } };
    assert.equal(isRequested(container, undefined, "cpu"), true);
    assert.equal(isRequested(container, undefined, "memory"), false);
    assert.equal(requestOf(container, "cpu")?.nano, 2_000_000_000n);
  });

  test("a written request wins over the limit, whatever it is", () => {
    const container = { resources: { requests: { cpu: "nonsense" }, limits: { cpu: "2" } } };
    assert.equal(requestOf(container, "cpu"), undefined);
  });

  test("pod level covers every container: a limit both, a request only requests", () => {
    const limited = { resources: { limits: { memory: "1Gi" } } };
    const requested = { resources: { requests: { memory: "1Gi" } } };
    assert.equal(isRequested({}, limited, "memory"), true);
    assert.equal(isLimited({}, limited, "memory"), true);
    assert.equal(isRequested({}, requested, "memory"), true);
    assert.equal(isLimited({}, requested, "memory"), false);
  });

  test("values round up to 1m and null is 0", () => {
    assert.equal(parseResource("0.1m")?.nano, 1_000_000n);
    assert.equal(parseResource(null)?.nano, 0n);
    assert.equal(parseResource(undefined), undefined);
  });

  test("malformed resources count as absent", () => {
    for (const resources of [null, "x", [], { limits: null }, { limits: ["cpu"] }, 7]) {
      assert.equal(isLimited({ resources }, undefined, "cpu"), false);
    }
    assert.equal(isLimited({ resources: { limits: {} } }, undefined, "constructor"), false);
  });

  test("remembering parsed values does not mix up texts and numbers", () => {
    for (let round = 0; round < 1200; round++) {
      assert.equal(parseResource(`${round}m`)?.nano, BigInt(round) * 1_000_000n);
      assert.equal(parseResource(round)?.nano, BigInt(round) * 1_000_000_000n);
    }
  });
});

suite("the total of a Pod", () => {
  test("is the sum of containers and sidecars", () => {
    assert.equal(totalOf(share("container", "1"), share("sidecar", "500m")), "1500m");
  });

  test("is that of the greediest init container where it is larger", () => {
    assert.equal(totalOf(share("container", "1"), share("init", "3"), share("init", "2")), "3");
    assert.equal(totalOf(share("container", "2"), share("init", "1")), "2");
  });

  test("counts sidecars beside init containers that start after them only", () => {
    const api = share("container", "1");
    assert.equal(totalOf(api, share("sidecar", "1"), share("init", "2")), "3");
    assert.equal(totalOf(api, share("init", "2"), share("sidecar", "1")), "2");
  });

  test("is undefined where nobody mentions the resource", () => {
    assert.equal(totalOf(), undefined);
    assert.equal(totalOf(share("container"), share("init")), undefined);
    assert.equal(totalOf(share("container"), share("init", "1")), "1");
  });
});
