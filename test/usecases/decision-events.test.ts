import assert from "node:assert/strict";
import { test } from "node:test";
import type { Decision } from "../../src/engine/decision.ts";
import { StaticView } from "../../src/engine/static-view.ts";
import { eventOf } from "../../src/usecases/decision-events.ts";
import type { AdmissionRequest } from "../../src/usecases/ports/admission.ts";
import { rawObject } from "../support/builders.ts";

const DENIED: Decision = {
  allowed: false,
  outcome: "denied",
  message: "Pod app/p is refused by policy keymate: 1 finding\n[res-zero] no memory — fix: set it",
  warnings: [],
  annotations: {},
  findings: [{ rule: "res-zero", mode: "enforce" }],
  faults: [],
};

const cluster = new StaticView([
  rawObject("v1", "Namespace", "app", { metadata: { uid: "ns-uid" } }),
  rawObject("apps/v1", "Deployment", "web", { namespace: "app", metadata: { uid: "web-uid" } }),
  rawObject("apps/v1", "ReplicaSet", "web-1", {
    namespace: "app",
    metadata: { uid: "rs-uid", ownerReferences: [owner("Deployment", "web", "web-uid")] },
  }),
]);

function owner(kind: string, name: string, uid: string) {
  return { apiVersion: "apps/v1", kind, name, uid, controller: true };
}

function request(rest: Partial<AdmissionRequest> = {}): AdmissionRequest {
  return {
    uid: "u",
    kind: { group: "", version: "v1", kind: "Pod" },
    resource: { group: "", version: "v1", resource: "pods" },
    subResource: "",
    name: "p",
    namespace: "app",
    operation: "CREATE",
    user: { username: "somebody", groups: [] },
    object: rawObject("v1", "Pod", "p", { namespace: "app" }),
    oldObject: undefined,
    dryRun: false,
    ...rest,
  };
}

const NAMESPACE = { apiVersion: "v1", kind: "Namespace", name: "app", namespace: "app" };

test("an Event about a refused creation is about the namespace: there is no object", () => {
  const event = eventOf("/validate/fail", request(), DENIED, cluster);
  assert.deepEqual(event, {
    reason: "GuardDenied",
    action: "Create",
    regarding: { ...NAMESPACE, uid: "ns-uid" },
    note: DENIED.message,
  });
});

test("an Event about a refused creation by a controller is about the topmost owner that is known", () => {
  const ownerReferences = [owner("ReplicaSet", "web-1", "rs-uid")];
  const object = rawObject("v1", "Pod", "p", { namespace: "app", metadata: { ownerReferences } });
  const event = eventOf("/validate/fail", request({ object }), DENIED, cluster);
  assert.deepEqual(event?.regarding, {
    apiVersion: "apps/v1",
    kind: "Deployment",
    namespace: "app",
    name: "web",
    uid: "web-uid",
  });
});

test("an Event does not believe an owner reference that the cluster does not bear out", () => {
  for (const forged of [
    owner("ReplicaSet", "web-1", "other-uid"),
    owner("ReplicaSet", "absent", "x"),
  ]) {
    const metadata = { ownerReferences: [forged] };
    const object = rawObject("v1", "Pod", "p", { namespace: "app", metadata });
    const event = eventOf("/validate/fail", request({ object }), DENIED, cluster);
    assert.equal(event?.regarding.kind, "Namespace");
  }
});

test("an Event about a refused update or deletion is about the object itself", () => {
  const oldObject = rawObject("v1", "Pod", "p", { namespace: "app", metadata: { uid: "p-uid" } });
  for (const operation of ["UPDATE", "DELETE"] as const) {
    const event = eventOf("/validate/fail", request({ operation, oldObject }), DENIED, cluster);
    assert.deepEqual(event?.regarding, {
      apiVersion: "v1",
      kind: "Pod",
      namespace: "app",
      name: "p",
      uid: "p-uid",
    });
  }
});

test("an Event about a refused scaling is about what was to be scaled", () => {
  const event = eventOf(
    "/validate/fail",
    request({
      operation: "UPDATE",
      subResource: "scale",
      name: "web",
      kind: { group: "autoscaling", version: "v1", kind: "Scale" },
      resource: { group: "apps", version: "v1", resource: "deployments" },
      oldObject: rawObject("autoscaling/v1", "Scale", "web", { metadata: { uid: "web-uid" } }),
    }),
    DENIED,
    cluster,
  );
  assert.deepEqual(event?.regarding, {
    apiVersion: "apps/v1",
    kind: "Deployment",
    namespace: "app",
    name: "web",
    uid: "web-uid",
  });
});

test("an Event about a Namespace lies in it where it exists, else in none", () => {
  const kind = { group: "", version: "v1", kind: "Namespace" };
  const resource = { group: "", version: "v1", resource: "namespaces" };
  const of = (rest: Partial<AdmissionRequest>) =>
    eventOf("/validate/fail", request({ kind, resource, name: "app", ...rest }), DENIED, cluster)
      ?.regarding.namespace;
  const raw = rawObject("v1", "Namespace", "app");
  assert.equal(of({ operation: "DELETE", object: undefined, oldObject: raw }), "app");
  assert.equal(of({ operation: "CREATE", object: raw }), "");
});

test("no Event speaks of a dry run, of a mutation, or of what was let in as it should be", () => {
  const allowed: Decision = { ...DENIED, allowed: true, outcome: "warned" };
  assert.equal(eventOf("/validate/fail", request({ dryRun: true }), DENIED, cluster), undefined);
  assert.equal(eventOf("/validate", request(), allowed, cluster), undefined);
  const failed: Decision = { ...allowed, outcome: "error" };
  assert.equal(eventOf("/mutate", request(), failed, cluster), undefined);
});

test("an Event says when a fault of the guard let something in, and when it kept something out", () => {
  const { message: _, ...rest } = DENIED;
  const open: Decision = {
    ...rest,
    allowed: true,
    outcome: "error",
    warnings: ["[res-zero] not judged: a fault of keymate-guard, not of this object"],
  };
  const event = eventOf("/validate", request(), open, cluster);
  assert.equal(event?.reason, "GuardFailedOpen");
  assert.equal(
    event?.note,
    "Pod app/p went in without being judged in full\n[res-zero] not judged: a fault of keymate-guard, not of this object",
  );
  const shut: Decision = { ...DENIED, outcome: "error" };
  assert.equal(eventOf("/validate/fail", request(), shut, cluster)?.reason, "GuardFault");
});
