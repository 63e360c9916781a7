import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { loadFiles } from "../../src/adapters/files/load.ts";
import { StaticView } from "../../src/engine/static-view.ts";
import type { JsonObject } from "../../src/kubernetes/json.ts";
import { metadataOf } from "../../src/kubernetes/object.ts";
import { type Audited, audit } from "../../src/usecases/audit.ts";
import { auditedKinds } from "../../src/usecases/audited-kinds.ts";
import { dumpAnswers } from "../../src/usecases/dump-answers.ts";
import { Snapshot } from "../../src/usecases/snapshot.ts";
import { answersOf, WatchedObjects } from "../../src/usecases/watched-objects.ts";
import { rawObject, UNREADABLE } from "../support/builders.ts";
import { policyWith } from "../support/policy.ts";

const FOLDER = fileURLToPath(new URL("../../examples/broken", import.meta.url));
const APP = "platform-application";
const now = Date.parse("2026-11-23T12:00:00Z");
const policy = policyWith();

function owned(kind: string, name: string, owner: readonly [string, string, string]): JsonObject {
  const [apiVersion, ownerKind, ownerName] = owner;
  const reference = { apiVersion, kind: ownerKind, name: ownerName, uid: "", controller: true };
  const container = { name, image: "shell:1" };
  const spec =
    kind === "Pod"
      ? { containers: [container] }
      : { template: { spec: { containers: [container] } } };
  return rawObject(kind === "Pod" ? "v1" : "apps/v1", kind, name, {
    namespace: APP,
    metadata: { ownerReferences: [reference] },
    spec,
  });
}

/** A broken platform, with what controllers have made of it and of what nobody here judges. */
const OBJECTS = [
  ...loadFiles([FOLDER]).objects.map(({ object }) => object),
  owned("ReplicaSet", "keycloak-1", ["apps/v1", "Deployment", "keycloak"]),
  owned("Pod", "keycloak-1-a", ["apps/v1", "ReplicaSet", "keycloak-1"]),
  owned("ReplicaSet", "web-1", ["argoproj.io/v1alpha1", "Rollout", "web"]),
  owned("Pod", "web-1-a", ["apps/v1", "ReplicaSet", "web-1"]),
  owned("Pod", "game-0", ["agones.dev/v1", "GameServer", "game"]),
].map((object) => {
  const metadata = { creationTimestamp: "2026-01-01T00:00:00Z", ...metadataOf(object) };
  return { ...object, metadata };
});

test("a cache is judged as a cluster that is read once", () => {
  const snapshot = new Snapshot({ policy, namespaces: [], project: (_, object) => object });
  for (const object of OBJECTS) snapshot.add(object);
  const { judged, all } = auditedKinds(policy);
  const scope = { policy, judged, namespaces: new Set<string>() };
  const watched = new WatchedObjects(new StaticView(OBJECTS), all, scope);
  const answers = dumpAnswers(snapshot.view, all);
  const reportOf = (audited: Audited) =>
    audit(audited, answers, { policy, now, namespaces: [] }).report;
  const once = reportOf(snapshot);
  assert.ok(once.findings.length > 20);
  assert.deepEqual(reportOf(watched), once);
  assert.deepEqual(reportOf(watched), once);
});

test("a kind that the cache cannot vouch for is not verified, with its reason", () => {
  const answer = answersOf(UNREADABLE, ["Pod"]).get("Pod");
  assert.deepEqual(answer, { state: "unreadable", reason: "Pod is not synced" });
});
