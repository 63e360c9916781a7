import assert from "node:assert/strict";
import { test } from "node:test";
import type { Rule } from "../../src/engine/rule.ts";
import { StaticView } from "../../src/engine/static-view.ts";
import type { JsonObject } from "../../src/kubernetes/json.ts";
import { createAdmit } from "../../src/usecases/admit.ts";
import type { AdmissionPath, AdmissionRequest } from "../../src/usecases/ports/admission.ts";
import { rawObject } from "../support/builders.ts";
import { addingRule, badRule, fakePolicy, fakeRule } from "../support/fake-rules.ts";

const silent = { debug() {}, info() {}, warn() {}, error() {} };
const never = { expired: () => false };

function request(object: JsonObject, parts: Partial<AdmissionRequest> = {}): AdmissionRequest {
  return {
    uid: "1",
    kind: { group: "apps", version: "v1", kind: "Deployment" },
    resource: { group: "apps", version: "v1", resource: "deployments" },
    subResource: "",
    name: "api",
    namespace: "platform-application",
    operation: "CREATE",
    user: { username: "developer", groups: [] },
    object,
    oldObject: undefined,
    dryRun: false,
    ...parts,
  };
}

function deployment(spec: object, metadata: object = {}): JsonObject {
  return rawObject("apps/v1", "Deployment", "api", { metadata, spec });
}

function decide(
  rules: readonly Rule[],
  parts: AdmissionRequest,
  path: AdmissionPath = "/validate/fail",
) {
  const admit = createAdmit({
    policy: () => fakePolicy(rules),
    cluster: new StaticView([]),
    clock: { now: () => 0 },
    logger: silent,
  });
  const decision = admit(parts, path, never);
  assert.ok(!(decision instanceof Promise));
  return decision;
}

const bad = deployment({ bad: "x" });
const rule = badRule("r");

test("admission denies a creation that breaks an enforced rule", () => {
  assert.equal(decide([rule], request(bad)).outcome, "denied");
});

test("admission is silent in an excluded namespace", () => {
  assert.equal(decide([rule], request(bad, { namespace: "kube-system" })).outcome, "allowed");
});

test("admission lets an object go whose old version is being deleted, but not on the new one's word", () => {
  const dying = deployment({ bad: "old" }, { deletionTimestamp: "2026-11-23T00:00:00Z" });
  const alive = deployment({ bad: "old" });
  const update = (oldObject: JsonObject, object: JsonObject) =>
    decide([rule], request(object, { operation: "UPDATE", oldObject })).outcome;
  assert.equal(update(dying, deployment({ bad: "new" })), "allowed");
  assert.equal(
    update(alive, deployment({ bad: "new" }, { deletionTimestamp: "2026-11-23T00:00:00Z" })),
    "denied",
  );
});

test("admission does not judge an update of bookkeeping and status alone", () => {
  const asked: string[] = [];
  const counting = fakeRule("r", {
    needs: ["LimitRange"],
    check: () => {
      asked.push("r");
      return [];
    },
  });
  const old = deployment({ bad: "x" }, { finalizers: ["a"], resourceVersion: "1" });
  const now = {
    ...deployment({ bad: "x" }, { resourceVersion: "2", managedFields: [{}] }),
    status: { replicas: 1 },
  };
  decide([counting], request(now, { operation: "UPDATE", oldObject: old }));
  assert.deepEqual(asked, []);
  const labelled = deployment({ bad: "x" }, { labels: { a: "b" } });
  decide([counting], request(labelled, { operation: "UPDATE", oldObject: old }));
  assert.deepEqual(asked, ["r"]);
});

test("admission judges the old object on deletion and lets the garbage collector pass", () => {
  const remove = (username: string) =>
    decide(
      [rule],
      request(bad, {
        operation: "DELETE",
        object: undefined as never,
        oldObject: bad,
        user: { username, groups: [] },
      }),
    ).outcome;
  assert.equal(remove("developer"), "denied");
  assert.equal(remove("system:serviceaccount:kube-system:generic-garbage-collector"), "allowed");
  assert.equal(remove("system:serviceaccount:kube-system:namespace-controller"), "allowed");
});

test("admission only audits what a workload controller or a trusted operator makes", () => {
  const podRule = badRule("r", { targets: [{ kinds: ["Pod"], operations: ["CREATE"] }] });
  const pod = {
    kind: { group: "", version: "v1", kind: "Pod" },
    resource: { group: "", version: "v1", resource: "pods" },
  };
  const create = (username: string) =>
    decide([podRule], request(bad, { ...pod, user: { username, groups: [] } }));
  const stamped = create("system:serviceaccount:kube-system:replicaset-controller");
  assert.equal(stamped.allowed, true);
  assert.match(stamped.annotations["findings"] ?? "", /bad is wrong/);
  assert.equal(create("system:serviceaccount:ops:operator").allowed, true);
  assert.equal(create("system:serviceaccount:kube-system:deployer").allowed, false);
  assert.equal(create("system:admin").allowed, false);
});

test("admission does not excuse a Deployment because a workload controller wrote it", () => {
  const username = "system:serviceaccount:kube-system:replicaset-controller";
  assert.equal(decide([rule], request(bad, { user: { username, groups: [] } })).outcome, "denied");
});

test("admission lets a Scale pass that no rule judges", () => {
  const scale = rawObject("autoscaling/v1", "Scale", "api", { spec: { replicas: 3 } });
  const outcome = decide(
    [rule],
    request(scale, {
      kind: { group: "autoscaling", version: "v1", kind: "Scale" },
      subResource: "scale",
      operation: "UPDATE",
      oldObject: scale,
    }),
  ).outcome;
  assert.equal(outcome, "allowed");
});

test("admission shows a generated name as far as it is known", () => {
  const nameless = { ...bad, metadata: { generateName: "api-" } };
  assert.match(
    decide([rule], request(nameless, { name: "" })).message ?? "",
    /^Deployment platform-application\/api-\* is refused/,
  );
});

test("admission shows a generated name the same once the API server has chosen it", () => {
  const shown = (name: string, generateName: string) => {
    const object = { ...bad, metadata: { name, generateName } };
    return decide([rule], request(object, { name })).message?.split(" is refused")[0];
  };
  const place = "Deployment platform-application";
  assert.equal(shown("api-67mjt", "api-"), `${place}/api-*`);
  const long = "a".repeat(70);
  assert.equal(shown(`${"a".repeat(58)}67mjt`, long), `${place}/${long}*`);
  assert.equal(shown("api-blue", "api-"), `${place}/api-blue`, "a name of the user's own");
  assert.equal(shown("db", "api-"), `${place}/db`);
});

test("the mutating endpoint patches and never denies", () => {
  const decision = decide([rule, addingRule("add", "fill")], request(bad), "/mutate");
  assert.equal(decision.outcome, "patched");
  assert.deepEqual(decision.patch, [{ op: "add", path: "/spec/fill", value: "added" }]);
});

test("admission waits for a namespace that the cluster view does not hold yet", async () => {
  const waited: string[] = [];
  const admit = createAdmit({
    policy: () => fakePolicy([rule]),
    cluster: new StaticView([rawObject("v1", "Namespace", "known")]),
    waitForNamespace: async (name) => {
      waited.push(name);
    },
    clock: { now: () => 0 },
    logger: silent,
  });
  assert.equal((await admit(request(bad), "/validate/fail", never)).outcome, "denied");
  await admit(request(bad, { namespace: "known" }), "/validate", never);
  await admit(request(bad, { namespace: "kube-system" }), "/validate", never);
  assert.deepEqual(waited, ["platform-application"]);
});

test("admission logs a rule's fault without the object's words", () => {
  const logged: string[] = [];
  const broken = fakeRule("broken", {
    check: () => {
      throw new Error("s3cret");
    },
  });
  const admit = createAdmit({
    policy: () => fakePolicy([broken]),
    cluster: new StaticView([]),
    clock: { now: () => 0 },
    logger: {
      ...silent,
      error: (fields, message) => logged.push(JSON.stringify([fields, message])),
    },
  });
  void admit(request(bad), "/validate", never);
  assert.equal(logged.length, 1);
  assert.match(logged[0] ?? "", /broken/);
  assert.doesNotMatch(logged[0] ?? "", /s3cret/);
});
