import assert from "node:assert/strict";
import { test } from "node:test";
import { applyOperations, operationsFor } from "../../src/engine/patch.ts";
import type { Addition } from "../../src/engine/rule.ts";
import type { JsonObject } from "../../src/kubernetes/json.ts";
import { field, item, ROOT } from "../../src/kubernetes/location.ts";

const container = item(field(ROOT, "spec", "containers"), 0, "api");
const cpu = field(container, "resources", "limits", "cpu");
const memory = field(container, "resources", "limits", "memory");

function patched(root: JsonObject, additions: readonly Addition[]) {
  const operations = operationsFor(root, additions);
  return { operations, root: applyOperations(root, operations) };
}

test("patch creates all missing parents by one add of the whole map", () => {
  const root = { spec: { containers: [{ name: "api" }] } };
  const { operations, root: result } = patched(root, [
    { location: cpu, value: "2" },
    { location: memory, value: "2Gi" },
  ]);
  assert.deepEqual(operations, [
    {
      op: "add",
      path: "/spec/containers/0/resources",
      value: { limits: { cpu: "2", memory: "2Gi" } },
    },
  ]);
  assert.deepEqual(result, {
    spec: {
      containers: [{ name: "api", resources: { limits: { cpu: "2", memory: "2Gi" } } }],
    },
  });
});

test("patch leaves the original untouched and shares what it does not change", () => {
  const other = { name: "other" };
  const root = { spec: { containers: [{ name: "api", resources: {} }, other] }, status: {} };
  const before = structuredClone(root);
  const { root: result } = patched(root, [{ location: cpu, value: "2" }]);
  assert.deepEqual(root, before);
  assert.equal((result as typeof root).spec.containers[1], other);
  assert.equal(result["status"], root.status);
});

test("patch escapes slashes and tildes in label keys", () => {
  const location = field(ROOT, "metadata", "labels", "policy.keymate.io/a~b");
  const { operations, root } = patched({ metadata: { labels: {} } }, [{ location, value: "x" }]);
  assert.equal(operations[0]?.path, "/metadata/labels/policy.keymate.io~1a~0b");
  assert.deepEqual(root, { metadata: { labels: { "policy.keymate.io/a~b": "x" } } });
});

test("patch treats a null parent as absent", () => {
  const location = field(ROOT, "metadata", "labels", "a");
  const operations = operationsFor({ metadata: { labels: null } }, [{ location, value: "x" }]);
  assert.deepEqual(operations, [{ op: "add", path: "/metadata/labels", value: { a: "x" } }]);
});

test("patch adds nothing over a written value or below something that is no map", () => {
  const written = { spec: { containers: [{ resources: { limits: { cpu: 0 } } }] } };
  const odd = { spec: { containers: [{ resources: "none" }] } };
  const missing = { spec: { containers: [] } };
  for (const root of [written, odd, missing]) {
    assert.deepEqual(operationsFor(root, [{ location: cpu, value: "2" }]), []);
  }
});

test("patch operations are refused where the API server's library and RFC 6902 disagree", () => {
  const root = { spec: {} };
  assert.throws(() => applyOperations(root, [{ op: "add", path: "", value: {} }]));
  assert.throws(() => applyOperations(root, [{ op: "add", path: "/spec/a", value: null }]));
  assert.throws(() => applyOperations(root, [{ op: "add", path: "/spec/a/b", value: "x" }]));
  assert.throws(() => applyOperations(root, [{ op: "add", path: "/__proto__/b", value: "x" }]));
});

test("patch operations are refused below a place that is inherited, a list or a scalar", () => {
  const root = { spec: { containers: [{ name: "api" }], replicas: 2 } };
  for (const path of [
    "/toString/a",
    "/spec/containers/0",
    "/spec/containers/length/a",
    "/spec/containers/1/a",
    "/spec/replicas/a",
  ]) {
    assert.throws(() => applyOperations(root, [{ op: "add", path, value: "x" }]), path);
  }
});
