import assert from "node:assert/strict";
import { test } from "node:test";
import type { JsonObject } from "../../src/kubernetes/json.ts";
import { controllerOf, type OwnerLookup, topOwnerOf } from "../../src/kubernetes/owner.ts";
import { rawObject } from "../support/builders.ts";

function owned(apiVersion: string, kind: string, name: string, owner: object | undefined) {
  const ownerReferences = owner === undefined ? [] : [{ ...owner, controller: true }];
  return rawObject(apiVersion, kind, name, { metadata: { uid: `uid-${name}`, ownerReferences } });
}

const deployment = owned("apps/v1", "Deployment", "api", undefined);
const replicaSet = owned("apps/v1", "ReplicaSet", "api-1", {
  apiVersion: "apps/v1",
  kind: "Deployment",
  name: "api",
  uid: "uid-api",
});
const pod = owned("v1", "Pod", "api-1-x", {
  apiVersion: "apps/v1",
  kind: "ReplicaSet",
  name: "api-1",
  uid: "uid-api-1",
});

function lookupIn(objects: Readonly<Record<string, JsonObject>>): OwnerLookup {
  return (kind, name) => objects[`${kind}/${name}`];
}

const known = lookupIn({ "Deployment.apps/api": deployment, "ReplicaSet.apps/api-1": replicaSet });

test("the controller of an object is the owner reference that says so", () => {
  const object = rawObject("v1", "Pod", "p", {
    metadata: {
      ownerReferences: [
        { apiVersion: "v1", kind: "ConfigMap", name: "other", uid: "1" },
        { apiVersion: "batch/v1", kind: "Job", name: "job", uid: "2", controller: true },
      ],
    },
  });
  assert.deepEqual(controllerOf(object), { kind: "Job.batch", name: "job", uid: "2" });
});

test("the controller of an object is unknown when references are absent or malformed", () => {
  for (const ownerReferences of [undefined, null, "x", [null], [{ controller: true }]]) {
    assert.equal(controllerOf({ metadata: { ownerReferences } }), undefined);
  }
});

test("the top owner of a Pod is its Deployment", () => {
  assert.deepEqual(topOwnerOf(pod, known), { kind: "Deployment.apps", object: deployment });
});

test("the top owner is the last known one when the chain breaks", () => {
  const lookup = lookupIn({ "ReplicaSet.apps/api-1": replicaSet });
  assert.equal(topOwnerOf(pod, lookup)?.object, replicaSet);
  assert.equal(
    topOwnerOf(pod, () => undefined),
    undefined,
  );
  assert.equal(topOwnerOf(deployment, known), undefined);
});

test("the top owner is not a namesake with another uid", () => {
  const renewed = owned("apps/v1", "ReplicaSet", "api-1", undefined);
  const lookup = lookupIn({
    "ReplicaSet.apps/api-1": { ...renewed, metadata: { name: "api-1", uid: "another" } },
  });
  assert.equal(topOwnerOf(pod, lookup), undefined);
});

test("the top owner of a forged loop is nobody, so that the object is judged itself", () => {
  const loop = owned("v1", "Pod", "a", { apiVersion: "v1", kind: "Pod", name: "a", uid: "uid-a" });
  assert.equal(topOwnerOf(loop, lookupIn({ "Pod/a": loop })), undefined);
});
