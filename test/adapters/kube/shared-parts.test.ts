import assert from "node:assert/strict";
import { test } from "node:test";
import { SharedParts } from "../../../src/adapters/kube/shared-parts.ts";
import { dig, type JsonObject, ownArray, ownObject } from "../../../src/kubernetes/json.ts";

/** As it comes from the API server: nothing in it is anybody else's. */
function pod(name: string, labels: object = { app: "api", tier: "backend" }): JsonObject {
  const containers = [{ name, resources: { limits: { cpu: "2", memory: "2Gi" }, requests: {} } }];
  const text = JSON.stringify({ metadata: { name, uid: name, labels }, spec: { containers } });
  return JSON.parse(text) as JsonObject;
}

function labelsOf(object: JsonObject): unknown {
  return dig(object, "metadata", "labels");
}

function resourcesOf(object: JsonObject): unknown {
  const [container] = ownArray(ownObject(object, "spec"), "containers");
  return dig(container, "resources");
}

test("equal parts of different objects are kept once", () => {
  const parts = new SharedParts();
  const [one, two] = [parts.share(pod("one")), parts.share(pod("two"))];
  assert.equal(labelsOf(one), labelsOf(two));
  assert.equal(resourcesOf(one), resourcesOf(two));
});

test("an object of shared parts says what it said before", () => {
  const parts = new SharedParts();
  parts.share(pod("one"));
  assert.deepEqual(parts.share(pod("two")), pod("two"));
  assert.deepEqual(parts.share({ a: [null, 1, true, "", {}, []] }), {
    a: [null, 1, true, "", {}, []],
  });
});

test("a text and the list that reads like it are not taken for each other", () => {
  const parts = new SharedParts();
  assert.deepEqual(parts.share({ a: "[1]", b: [1], c: "1", d: 1 }), {
    a: "[1]",
    b: [1],
    c: "1",
    d: 1,
  });
});

test("a label that is called __proto__ stays a label", () => {
  const labels = JSON.parse('{"__proto__":"x","app":"api"}') as object;
  const shared = labelsOf(new SharedParts().share(pod("one", labels)));
  assert.deepEqual(Object.keys(shared as object), ["__proto__", "app"]);
});

test("parts that were not met for a while are forgotten", () => {
  const parts = new SharedParts();
  const first = parts.share(pod("first"));
  for (let index = 0; index < 10_000; index++) parts.share({ index: [`${index}`] });
  assert.notEqual(labelsOf(parts.share(pod("later"))), labelsOf(first));
});

test("parts that are met again and again are never forgotten", () => {
  const parts = new SharedParts();
  const first = parts.share(pod("first"));
  for (let index = 0; index < 10_000; index++) {
    parts.share({ index: [`${index}`] });
    if (index % 1_000 === 0) parts.share(pod("again"));
  }
  assert.equal(labelsOf(parts.share(pod("later"))), labelsOf(first));
});
