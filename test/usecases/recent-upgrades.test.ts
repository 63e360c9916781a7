import assert from "node:assert/strict";
import { test } from "node:test";
import type { Rule } from "../../src/engine/rule.ts";
import { StaticView } from "../../src/engine/static-view.ts";
import type { Subject } from "../../src/engine/subject.ts";
import type { JsonObject } from "../../src/kubernetes/json.ts";
import { createAdmit } from "../../src/usecases/admit.ts";
import type { AdmissionPath, AdmissionRequest } from "../../src/usecases/ports/admission.ts";
import { UpgradeMemory } from "../../src/usecases/recent-upgrades.ts";
import { rawObject, subjectOf } from "../support/builders.ts";
import { badRule, fakePolicy, fakeRule } from "../support/fake-rules.ts";

function deployment(image: string, name = "api", spec: object = {}): JsonObject {
  return rawObject("apps/v1", "Deployment", name, {
    namespace: "platform-application",
    metadata: { generation: 4 },
    spec: { ...spec, template: { spec: { containers: [{ name: "api", image }] } } },
  });
}

function update(name = "api", parts: Partial<Subject> = {}): Subject {
  const old = deployment("api:1", name);
  return { ...subjectOf(deployment("api:2", name), { operation: "UPDATE", old }), ...parts };
}

const names = (memory: UpgradeMemory, since = 0) =>
  [...memory.since(since)].map(({ name }) => name);

test("the memory holds upgrades from their admission on, once per object", () => {
  const memory = new UpgradeMemory();
  memory.admitted(update("a"), 1_000);
  memory.admitted(update("b"), 2_000);
  memory.admitted(update("a"), 3_000);
  assert.deepEqual(names(memory), ["b", "a"]);
  assert.deepEqual(names(memory, 2_001), ["a"]);
  assert.equal([...memory.since(2_001)][0]?.generation, 4);
});

test("the memory takes no note of dry runs, creations, subresources and what is no upgrade", () => {
  const memory = new UpgradeMemory();
  memory.admitted(update("a", { dryRun: true }), 0);
  memory.admitted(update("b", { subresource: "scale" }), 0);
  memory.admitted(subjectOf(deployment("api:2")), 0);
  const scaled = deployment("api:1", "api", { replicas: 5 });
  memory.admitted(subjectOf(scaled, { operation: "UPDATE", old: deployment("api:1") }), 0);
  assert.deepEqual(names(memory), []);
});

test("the memory stays small", () => {
  const memory = new UpgradeMemory();
  for (let index = 0; index < 2_000; index++) memory.admitted(update(`d-${index}`), index);
  assert.equal(names(memory).length, 500);
  assert.equal(names(memory)[0], "d-1500");
});

function request(object: JsonObject, dryRun = false): AdmissionRequest {
  return {
    uid: "1",
    kind: { group: "apps", version: "v1", kind: "Deployment" },
    resource: { group: "apps", version: "v1", resource: "deployments" },
    subResource: "",
    name: "api",
    namespace: "platform-application",
    operation: "UPDATE",
    user: { username: "developer", groups: [] },
    object,
    oldObject: deployment("api:1"),
    dryRun,
  };
}

/** What rules are told after one request was decided. */
function rememberedAfter(
  first: AdmissionRequest,
  path: AdmissionPath,
  rules: readonly Rule[] = [],
) {
  const seen: string[] = [];
  const watching = fakeRule("watch", {
    check({ recent }) {
      seen.length = 0;
      for (const { name } of recent.since(0)) seen.push(name);
      return [];
    },
  });
  const admit = createAdmit({
    policy: () => fakePolicy([watching, ...rules]),
    cluster: new StaticView([]),
    clock: { now: () => 1_000 },
    logger: { debug() {}, info() {}, warn() {}, error() {} },
  });
  const never = { expired: () => false };
  void admit(first, path, never);
  void admit(request(deployment("api:1", "api", { replicas: 2 })), path, never);
  return seen;
}

test("admission remembers an upgrade that it let through, and tells the rules", () => {
  assert.deepEqual(rememberedAfter(request(deployment("api:2")), "/validate/fail"), ["api"]);
  assert.deepEqual(rememberedAfter(request(deployment("api:2")), "/validate"), ["api"]);
});

test("admission does not remember what it only patched, tried or denied", () => {
  const first = request(deployment("api:2"));
  assert.deepEqual(rememberedAfter(request(deployment("api:2"), true), "/validate"), []);
  const denied = request(deployment("api:2", "api", { bad: "x" }));
  assert.deepEqual(rememberedAfter(denied, "/validate", [badRule("no")]), []);
  assert.equal(first.dryRun, false);
});
