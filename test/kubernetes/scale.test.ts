import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { ageOf } from "../../src/kubernetes/age.ts";
import type { JsonObject } from "../../src/kubernetes/json.ts";
import {
  isReplicasOmitted,
  replicasOf,
  replicasOfScale,
  withReplicas,
} from "../../src/kubernetes/scale.ts";

const CLUSTER = "Cluster.postgresql.cnpg.io";

suite("replicas", () => {
  test("are 1 where a workload says nothing, and 0 where a Scale says nothing", () => {
    for (const spec of [{}, { replicas: null }, undefined, { replicas: "2" }]) {
      assert.equal(replicasOf("Deployment.apps", { spec }), 1);
      assert.equal(replicasOfScale({ spec }), 0);
    }
    assert.equal(replicasOf("StatefulSet.apps", { spec: { replicas: 0 } }), 0);
    assert.equal(replicasOfScale({ spec: { replicas: 3 } }), 3);
  });

  test("are called instances by the operators of databases and Keycloak", () => {
    assert.equal(replicasOf(CLUSTER, { spec: { instances: 3, replicas: 9 } }), 3);
    assert.equal(replicasOf("Keycloak.k8s.keycloak.org", { spec: {} }), 1);
  });

  test("are set beside everything else in the spec", () => {
    const cluster = { metadata: { name: "pg" }, spec: { instances: 3, imageName: "x" } };
    const spec = { instances: 1, imageName: "x" };
    assert.deepEqual(withReplicas(CLUSTER, cluster, 1), { metadata: { name: "pg" }, spec });
    assert.deepEqual(withReplicas("Deployment.apps", {}, 2), { spec: { replicas: 2 } });
  });
});

suite("replicas that the author left out", () => {
  const applied = (text: string): JsonObject => ({
    metadata: { annotations: { "kubectl.kubernetes.io/last-applied-configuration": text } },
    spec: { replicas: 1 },
  });
  const managed = (...managedFields: unknown[]): JsonObject => ({
    metadata: { managedFields },
    spec: { replicas: 1 },
  });
  const owning = (operation: string, fields: object) => ({ operation, fieldsV1: fields });
  const replicas = { "f:spec": { "f:replicas": {} } };

  test("are absent from the manifest, the applied one, or every owner's fields", () => {
    assert.ok(isReplicasOmitted({ spec: {} }));
    assert.ok(isReplicasOmitted({ spec: { replicas: null } }));
    assert.ok(isReplicasOmitted(applied('{"spec":{}}')));
    assert.ok(isReplicasOmitted(applied('{"spec":{"replicas":null}}')));
    assert.ok(isReplicasOmitted(managed(owning("Apply", { "f:spec": {} }))));
  });

  test("count as written when there is any doubt", () => {
    assert.ok(!isReplicasOmitted({ spec: { replicas: 1 } }));
    assert.ok(!isReplicasOmitted(applied('{"spec":{"replicas":1}}')));
    for (const odd of ["", "{", "[]", "null", "1"])
      assert.ok(!isReplicasOmitted(applied(odd)), odd);
    assert.ok(!isReplicasOmitted(managed(owning("Update", { "f:spec": {} }))));
    assert.ok(!isReplicasOmitted(managed(owning("Apply", replicas))));
    assert.ok(!isReplicasOmitted(managed(owning("Apply", {}), owning("Update", replicas))));
    assert.ok(!isReplicasOmitted(managed(null, "x", 1)));
  });
});

test("an object that is not created yet, or in the future, is of age 0", () => {
  const now = Date.parse("2026-11-23T00:00:00Z");
  const created = (creationTimestamp: unknown) => ageOf({ metadata: { creationTimestamp } }, now);
  assert.equal(ageOf({}, now), 0);
  assert.equal(created("2026-11-22T23:50:00Z"), 600_000);
  for (const odd of ["2026-11-24T00:00:00Z", "yesterday", null, 5]) assert.equal(created(odd), 0);
});
