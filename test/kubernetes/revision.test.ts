import assert from "node:assert/strict";
import { test } from "node:test";
import { StaticView } from "../../src/engine/static-view.ts";
import type { JsonObject } from "../../src/kubernetes/json.ts";
import { revisionWithTemplate, rolloutBegin } from "../../src/kubernetes/revision.ts";
import { upgradeStep } from "../../src/kubernetes/revision-upgrade.ts";
import { rawObject } from "../support/builders.ts";

const template = (image: string, metadata: object = { labels: { app: "api" } }): JsonObject => ({
  metadata,
  spec: { containers: [{ name: "api", image }] },
});

function deployment(image: string, metadata: object = {}): JsonObject {
  return rawObject("apps/v1", "Deployment", "api", {
    namespace: "iam",
    metadata: { uid: "u-1", ...metadata },
    spec: { template: template(image) },
  });
}

function replicaSet(
  name: string,
  revision: number,
  owner: object,
  podTemplate: JsonObject,
): JsonObject {
  return rawObject("apps/v1", "ReplicaSet", name, {
    namespace: "iam",
    metadata: {
      annotations: { "deployment.kubernetes.io/revision": String(revision) },
      ownerReferences: [{ apiVersion: "apps/v1", kind: "Deployment", controller: true, ...owner }],
    },
    spec: { template: podTemplate },
  });
}

test("a template is a retained revision but for what its controller adds", () => {
  const hashed = template("api:1", {
    creationTimestamp: null,
    labels: { app: "api", "pod-template-hash": "1" },
  });
  const view = new StaticView([
    replicaSet("api-0", 1, { name: "api", uid: "gone" }, template("api:0")),
    replicaSet("api-1", 2, { name: "api", uid: "u-1" }, hashed),
    replicaSet("other-1", 3, { name: "other", uid: "u-2" }, template("api:3")),
  ]);
  const find = (image: string) =>
    revisionWithTemplate(view, "Deployment.apps", "iam", {
      old: deployment("api:2"),
      template: template(image),
    })?.number;
  assert.equal(find("api:1"), 2);
  assert.equal(find("api:0"), undefined, "a namesake of an earlier life");
  assert.equal(find("api:3"), undefined, "of another workload");
});

test("a rollout of a StatefulSet begins when the controller writes its revision down", () => {
  const revision = (name: string, number: number, created: string) =>
    rawObject("apps/v1", "ControllerRevision", name, {
      namespace: "data",
      metadata: {
        creationTimestamp: created,
        ownerReferences: [
          { apiVersion: "apps/v1", kind: "StatefulSet", name: "db", uid: "u", controller: true },
        ],
      },
      revision: number,
    });
  const view = new StaticView([
    revision("db-1", 1, "2026-11-01T00:00:00Z"),
    revision("db-2", 2, "2026-11-22T00:00:00Z"),
  ]);
  const begin = (status: object) =>
    rolloutBegin(view, "StatefulSet.apps", "data", {
      ...rawObject("apps/v1", "StatefulSet", "db", { namespace: "data" }),
      status,
    });
  assert.equal(begin({ updateRevision: "db-1" }), Date.parse("2026-11-01T00:00:00Z"));
  assert.equal(begin({}), Date.parse("2026-11-22T00:00:00Z"));
});

test("an update is an upgrade by its images, or by a version label together with the template", () => {
  const is = (old: JsonObject, object: JsonObject) =>
    upgradeStep("Deployment.apps", old, object) !== undefined;
  const label = (version: string) => ({ labels: { "app.kubernetes.io/version": version } });
  assert.equal(is(deployment("api:1"), deployment("api:2")), true);
  assert.equal(is(deployment("nginx"), deployment("docker.io/library/nginx:latest")), false);
  assert.equal(is(deployment("api:1", label("1")), deployment("api:1", label("2"))), false);
  const restarted = rawObject("apps/v1", "Deployment", "api", {
    metadata: label("2"),
    spec: {
      template: template("api:1", { annotations: { "kubectl.kubernetes.io/restartedAt": "now" } }),
    },
  });
  assert.equal(is(deployment("api:1", label("2")), restarted), false);
  assert.equal(is(deployment("api:1", label("1")), restarted), true);
});
