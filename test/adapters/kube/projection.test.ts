import assert from "node:assert/strict";
import { test } from "node:test";
import { projectionOf } from "../../../src/adapters/kube/projection.ts";
import type { JsonObject } from "../../../src/kubernetes/json.ts";
import { kindInfo } from "../../../src/kubernetes/kinds.ts";

function projection(kind: string) {
  const info = kindInfo(kind);
  assert.ok(info);
  return projectionOf(info);
}

const metadata = {
  name: "api",
  namespace: "shop",
  uid: "u",
  resourceVersion: "7",
  labels: { app: "api" },
  annotations: { "policy.keymate.io/exempt": "x", "kubectl.kubernetes.io/last-applied": "secret" },
  managedFields: [{ manager: "kubectl" }],
};

test("a projected workload keeps what sizes, selects and identifies its pods", () => {
  const kept = {
    name: "api",
    image: "registry.example/api:1",
    resources: { limits: { cpu: "2" } },
  };
  const container = { ...kept, env: [{ name: "PASSWORD", value: "secret" }] };
  const object = {
    metadata,
    spec: {
      replicas: 2,
      selector: { matchLabels: { app: "api" } },
      template: {
        metadata: { labels: { app: "api" } },
        spec: { containers: [container], volumes: [{}] },
      },
      strategy: {},
    },
    status: { replicas: 2, conditions: [{ type: "Available", status: "True", message: "long" }] },
  };
  assert.deepEqual(projection("Deployment.apps").project(object), {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: {
      name: "api",
      namespace: "shop",
      uid: "u",
      resourceVersion: "7",
      labels: { app: "api" },
      annotations: { "policy.keymate.io/exempt": "x" },
    },
    spec: {
      replicas: 2,
      selector: { matchLabels: { app: "api" } },
      template: {
        metadata: { labels: { app: "api" } },
        spec: { containers: [kept], volumes: [{}] },
      },
    },
    status: { replicas: 2, conditions: [{ type: "Available", status: "True" }] },
  });
});

test("a projected LimitRange keeps its spec", () => {
  const spec = { limits: [{ type: "Container" }] };
  assert.deepEqual(projection("LimitRange").project({ metadata, spec })["spec"], spec);
});

test("a projected namespace is metadata only", () => {
  const { metadataOnly, project } = projection("Namespace");
  const result = project({ metadata: { name: "a", deletionTimestamp: "t" }, spec: {}, status: {} });
  assert.equal(metadataOnly, true);
  assert.deepEqual(result, {
    apiVersion: "v1",
    kind: "Namespace",
    metadata: { name: "a", deletionTimestamp: "t" },
  });
});

test("a projection survives objects of odd shape", () => {
  for (const odd of [
    {},
    { metadata: null, spec: [] },
    { spec: { template: "x" } },
    {
      spec: { template: { spec: { containers: [null, "x"], initContainers: "x" } } },
    },
  ]) {
    assert.deepEqual(projection("Deployment.apps").project(odd as JsonObject)["metadata"], {});
  }
});

test("a projection leaves Object.prototype alone when an annotation is called __proto__", () => {
  const parsed = JSON.parse(
    '{"metadata":{"annotations":{"__proto__":"x"},"labels":{"__proto__":"y"}}}',
  );
  projection("Namespace").project(parsed);
  assert.equal(({} as { x?: unknown }).x, undefined);
});
