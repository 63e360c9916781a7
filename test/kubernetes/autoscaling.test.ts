import assert from "node:assert/strict";
import { suite, test } from "node:test";
import fc from "fast-check";
import {
  effectiveMinimum,
  HPA,
  maximumOf,
  SCALED_OBJECT,
} from "../../src/kubernetes/autoscaling.ts";
import type { JsonObject } from "../../src/kubernetes/json.ts";
import { rawObject } from "../support/builders.ts";

const TARGET = { kind: "Deployment.apps", name: "idp" };

function hpa(spec: object, metadata: object = {}): JsonObject {
  const scaleTargetRef = { apiVersion: "apps/v1", kind: "Deployment", name: "idp" };
  return rawObject("autoscaling/v2", "HorizontalPodAutoscaler", "idp", {
    metadata,
    spec: { scaleTargetRef, ...spec },
  });
}

function scaledObject(spec: object, annotations: object = {}, metadata: object = {}): JsonObject {
  return rawObject("keda.sh/v1alpha1", "ScaledObject", "idp", {
    metadata: { annotations, ...metadata },
    spec: { scaleTargetRef: { name: "idp" }, ...spec },
  });
}

function minimum(replicas: number, hpas: JsonObject[], scaledObjects: JsonObject[] = []) {
  const { replicas: least, source } = effectiveMinimum(TARGET, replicas, { hpas, scaledObjects });
  return [least, source];
}

const PAUSED = "autoscaling.keda.sh/paused";
const PAUSED_REPLICAS = "autoscaling.keda.sh/paused-replicas";

suite("the effective minimum", () => {
  test("is what the workload says when nothing scales it", () => {
    assert.deepEqual(minimum(3, []), [3, "replicas"]);
  });

  test("is that of the HPA, 1 by default", () => {
    assert.deepEqual(minimum(5, [hpa({ minReplicas: 2 })]), [2, "minReplicas"]);
    assert.deepEqual(minimum(5, [hpa({})]), [1, "minReplicas"]);
    assert.deepEqual(minimum(1, [hpa({ minReplicas: 4 })]), [4, "minReplicas"]);
    assert.deepEqual(minimum(5, [hpa({ minReplicas: null })]), [1, "minReplicas"]);
  });

  test("is 0 at replicas 0, which switches an HPA off, unless 0 is its minimum", () => {
    assert.deepEqual(minimum(0, [hpa({ minReplicas: 2 })]), [0, "switched-off"]);
    assert.deepEqual(minimum(0, [hpa({})]), [0, "switched-off"]);
    assert.deepEqual(minimum(0, [hpa({ minReplicas: 0 })]), [0, "minReplicas"]);
  });

  test("is that of the ScaledObject, whatever an HPA or the workload says", () => {
    const two = scaledObject({ minReplicaCount: 2 });
    assert.deepEqual(minimum(0, [hpa({ minReplicas: 1 })], [two]), [2, "minReplicaCount"]);
    assert.deepEqual(minimum(3, [], [scaledObject({})]), [0, "minReplicaCount"]);
    assert.deepEqual(minimum(3, [], [scaledObject({ minReplicaCount: 2, idleReplicaCount: 0 })]), [
      0,
      "idleReplicaCount",
    ]);
  });

  test("is held by a paused ScaledObject", () => {
    const spec = { minReplicaCount: 2 };
    const at = (annotations: object) => minimum(3, [], [scaledObject(spec, annotations)]);
    assert.deepEqual(at({ [PAUSED_REPLICAS]: "1" }), [1, "paused-replicas"]);
    assert.deepEqual(at({ [PAUSED_REPLICAS]: "0", [PAUSED]: "true" }), [0, "paused-replicas"]);
    assert.deepEqual(at({ [PAUSED]: "true" }), [3, "paused"]);
    assert.deepEqual(at({ [PAUSED]: "yes, please" }), [3, "paused"]);
    assert.deepEqual(at({ [PAUSED]: "" }), [3, "paused"]);
    assert.deepEqual(at({ [PAUSED]: "false" }), [2, "minReplicaCount"]);
    assert.deepEqual(at({ [PAUSED_REPLICAS]: "-1" }), [2, "minReplicaCount"]);
  });

  test("heeds only autoscalers that target the very kind, group and name", () => {
    const others = [
      hpa({ minReplicas: 9, scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment" } }),
      hpa({ minReplicas: 9, scaleTargetRef: { kind: "StatefulSet", name: "idp" } }),
      hpa({
        minReplicas: 9,
        scaleTargetRef: { apiVersion: "x.io/v1", kind: "Deployment", name: "idp" },
      }),
      hpa({ minReplicas: 9 }, { deletionTimestamp: "2026-11-23T00:00:00Z" }),
    ];
    assert.deepEqual(minimum(2, others), [2, "replicas"]);
    const beta = { apiVersion: "apps/v1beta9", kind: "Deployment", name: "idp" };
    assert.deepEqual(minimum(2, [hpa({ minReplicas: 9, scaleTargetRef: beta })]), [
      9,
      "minReplicas",
    ]);
  });

  test("does not come from an HPA that KEDA keeps, unless it only claims so", () => {
    const owner = {
      apiVersion: "keda.sh/v1alpha1",
      kind: "ScaledObject",
      name: "idp",
      uid: "u-1",
      controller: true,
    };
    const owned = hpa({ minReplicas: 7 }, { ownerReferences: [owner] });
    const elsewhere = { scaleTargetRef: { name: "other" } };
    const keda = (uid: string) =>
      rawObject("keda.sh/v1alpha1", "ScaledObject", "idp", { metadata: { uid }, spec: elsewhere });
    assert.deepEqual(minimum(2, [owned], [keda("u-1")]), [2, "replicas"]);
    assert.deepEqual(minimum(2, [owned], [keda("u-2")]), [7, "minReplicas"]);
    assert.deepEqual(minimum(2, [owned]), [7, "minReplicas"]);
  });

  test("is the lowest of several, in whatever order", () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 9 }), { minLength: 1 }), (counts) => {
        const hpas = counts.map((minReplicas) => hpa({ minReplicas }));
        assert.equal(minimum(3, hpas)[0], Math.min(...counts));
      }),
    );
  });

  test("is read from whatever an object holds", () => {
    const odd = fc.oneof(fc.jsonValue(), fc.constantFrom(-1, 1.5, "2", null));
    fc.assert(
      fc.property(odd, odd, odd, (one, other, third) => {
        const [least] = minimum(
          2,
          [hpa({ minReplicas: one }), { spec: other } as JsonObject],
          [scaledObject({ minReplicaCount: other, idleReplicaCount: third }, { [PAUSED]: one })],
        );
        assert.ok(Number.isInteger(least) && Number(least) >= 0);
      }),
    );
  });
});

test("the maximum of an autoscaler is what it says, if it says so", () => {
  assert.equal(maximumOf(HPA, hpa({ maxReplicas: 4 })), 4);
  assert.equal(maximumOf(SCALED_OBJECT, scaledObject({ maxReplicaCount: 1 })), 1);
  assert.equal(maximumOf(SCALED_OBJECT, scaledObject({})), undefined);
});
