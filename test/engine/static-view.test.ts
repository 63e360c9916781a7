import assert from "node:assert/strict";
import { test } from "node:test";
import { StaticView } from "../../src/engine/static-view.ts";
import { rawObject } from "../support/builders.ts";

const CLUSTER = "Cluster.postgresql.cnpg.io";

test("a static view takes built-in kinds as complete", () => {
  const view = new StaticView([]);
  assert.equal(view.readability("Deployment.apps"), "readable");
  assert.equal(view.readability("Ingress.networking.k8s.io"), "readable");
  assert.deepEqual([...view.list("Deployment.apps")], []);
});

test("a static view calls custom kinds absent until their API group appears", () => {
  const crd = rawObject("apiextensions.k8s.io/v1", "CustomResourceDefinition", "backups", {
    spec: { group: "postgresql.cnpg.io" },
  });
  const pooler = rawObject("postgresql.cnpg.io/v1", "Pooler", "rw");
  assert.equal(new StaticView([]).readability(CLUSTER), "absent");
  assert.equal(new StaticView([]).readability("Gateway.gateway.networking.k8s.io"), "absent");
  assert.equal(new StaticView([crd]).readability(CLUSTER), "readable");
  assert.equal(new StaticView([pooler]).readability(CLUSTER), "readable");
});

test("a static view finds namespaced objects by namespace and name", () => {
  const a = rawObject("apps/v1", "Deployment", "api", { namespace: "a" });
  const b = rawObject("apps/v1", "Deployment", "api", { namespace: "b" });
  const view = new StaticView([a, b]);
  assert.equal(view.get("Deployment.apps", "b", "api"), b);
  assert.equal(view.get("Deployment.apps", "c", "api"), undefined);
  assert.deepEqual([...view.list("Deployment.apps", "a")], [a]);
  assert.deepEqual([...view.list("Deployment.apps")], [a, b]);
});

test("a static view ignores the namespace of cluster-scoped kinds", () => {
  const namespace = rawObject("v1", "Namespace", "iam");
  const view = new StaticView([namespace]);
  assert.equal(view.get("Namespace", "iam", "iam"), namespace);
  assert.deepEqual([...view.list("Namespace", "other")], [namespace]);
});

test("a static view puts objects without a namespace into the default one", () => {
  const object = rawObject("apps/v1", "Deployment", "api");
  assert.equal(new StaticView([object]).get("Deployment.apps", "default", "api"), object);
  assert.equal(new StaticView([object], "iam").get("Deployment.apps", "iam", "api"), object);
});

test("a static view keeps the last of two objects with one name and skips nameless ones", () => {
  const first = rawObject("v1", "Namespace", "iam", { status: {} });
  const last = rawObject("v1", "Namespace", "iam");
  const view = new StaticView([first, last, { kind: "Pod" }, { apiVersion: "v1", kind: "Pod" }]);
  assert.deepEqual([...view.list("Namespace")], [last]);
  assert.deepEqual([...view.list("Pod")], []);
});
