import assert from "node:assert/strict";
import { test } from "node:test";
import { rolloutOf } from "../../src/kubernetes/rollout.ts";

type Parts = { spec?: object; status?: object; generation?: number };

function phase(kind: string, { spec = {}, status = {}, generation = 1 }: Parts): string {
  const object = { metadata: { generation }, spec, status: { observedGeneration: 1, ...status } };
  const rollout = rolloutOf(kind, object);
  return rollout === undefined ? "none" : rollout.phase;
}

const condition = (type: string, status: string, reason = "") => ({ type, status, reason });
const DONE = condition("Progressing", "True", "NewReplicaSetAvailable");

test("a Deployment is progressing until it is observed and every Pod there is has been replaced", () => {
  const of = (parts: Parts) => phase("Deployment.apps", parts);
  const full = { replicas: 2, updatedReplicas: 2, availableReplicas: 2 };
  assert.equal(of({ status: { ...full, conditions: [DONE] } }), "settled");
  assert.equal(of({ generation: 2, status: { ...full, conditions: [DONE] } }), "progressing");
  assert.equal(of({ status: { ...full, updatedReplicas: 1, conditions: [DONE] } }), "progressing");
  assert.equal(of({ spec: { replicas: 9 }, status: { ...full, conditions: [DONE] } }), "settled");
  const moving = condition("Progressing", "True", "ReplicaSetUpdated");
  assert.equal(of({ status: { conditions: [moving] } }), "progressing", "Recreate at 0/0");
});

test("a Deployment without a Progressing condition is settled when everything wanted is available", () => {
  const of = (parts: Parts) => phase("Deployment.apps", parts);
  assert.equal(
    of({ status: { replicas: 1, updatedReplicas: 1, availableReplicas: 1 } }),
    "settled",
  );
  assert.equal(of({ status: { replicas: 1, updatedReplicas: 1 } }), "progressing");
  assert.equal(of({}), "progressing");
  assert.equal(of({ spec: { replicas: 0 } }), "settled");
});

test("a Deployment fails at its deadline and is degraded when settled but not available", () => {
  const of = (...conditions: object[]) =>
    phase("Deployment.apps", { status: { replicas: 2, updatedReplicas: 2, conditions } });
  assert.equal(of(condition("Progressing", "False", "ProgressDeadlineExceeded")), "failed");
  assert.equal(of(DONE, condition("Available", "False")), "degraded");
});

test("a StatefulSet is progressing while its revisions differ, with OnDelete by its Pods", () => {
  const of = (parts: Parts) => phase("StatefulSet.apps", parts);
  const two = { currentRevision: "a", updateRevision: "b", replicas: 3, updatedReplicas: 3 };
  assert.equal(of({ status: two }), "progressing");
  assert.equal(of({ status: { ...two, updateRevision: "a" } }), "settled");
  assert.equal(of({}), "settled");
  assert.equal(of({ generation: 2 }), "progressing");
  const spec = { updateStrategy: { type: "OnDelete" } };
  assert.equal(of({ spec, status: two }), "settled");
  assert.equal(of({ spec, status: { ...two, updatedReplicas: 2 } }), "progressing");
});

test("a DaemonSet is progressing while a node still runs an old Pod", () => {
  const of = (status: object) => phase("DaemonSet.apps", { status });
  assert.equal(of({ desiredNumberScheduled: 3, updatedNumberScheduled: 2 }), "progressing");
  assert.equal(of({ desiredNumberScheduled: 3, updatedNumberScheduled: 3 }), "settled");
  assert.equal(of({}), "settled");
});

test("a CNPG Cluster is settled when it is ready, healthy and complete, all three", () => {
  const of = (parts: Parts) => phase("Cluster.postgresql.cnpg.io", parts);
  const conditions = [condition("Ready", "True")];
  const status = { conditions, phase: "Cluster in healthy state", readyInstances: 2 };
  const spec = { instances: 2 };
  assert.equal(of({ spec, status }), "settled");
  assert.equal(of({ spec, status: { ...status, readyInstances: 1 } }), "progressing");
  assert.equal(of({ spec, status: { ...status, phase: "Upgrading cluster" } }), "progressing");
  assert.equal(of({ spec, status: { ...status, conditions: [] } }), "progressing");
});

test("a kind that rolls nothing out has no rollout", () => {
  assert.equal(phase("CronJob.batch", {}), "none");
});
