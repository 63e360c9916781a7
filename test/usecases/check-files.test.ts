import assert from "node:assert/strict";
import { test } from "node:test";
import type { Policy } from "../../src/engine/policy.ts";
import type { JsonObject } from "../../src/kubernetes/json.ts";
import fileParse from "../../src/rules/operations/file-parse.ts";
import { checkFiles, planFixes } from "../../src/usecases/check-files.ts";
import type { FileInput, FileObject, FileProblem } from "../../src/usecases/file-input.ts";
import { rawObject } from "../support/builders.ts";
import { addingRule, badRule, fakePolicy, fakeRule, finding } from "../support/fake-rules.ts";
import { policyWith } from "../support/policy.ts";

const APP = "platform-application";

const deployment = (name: string, spec: JsonObject, namespace: string | undefined = APP) =>
  rawObject("apps/v1", "Deployment", name, { ...(namespace ? { namespace } : {}), spec });

/** A file that holds one object after the other, ten lines each. */
function input(objects: JsonObject[], problems: FileProblem[] = []): FileInput {
  const inFile = objects.map((object, index): FileObject => {
    const line = index * 10 + 1;
    const placeOf = (pointer: string) => ({ line: line + pointer.split("/").length, column: 5 });
    return { file: "a.yaml", object, line, placeOf };
  });
  return { objects: inFile, problems };
}

function check(
  policy: Policy,
  objects: JsonObject[],
  parts: { state?: JsonObject[]; namespace?: string } = {},
) {
  const settings = { policy, now: 0, namespace: "default", state: [], ...parts };
  return checkFiles(input(objects), settings);
}

const PROBLEM: FileProblem = { file: "b.yaml", line: 3, message: "it is broken", fix: "mend it" };

test("a finding names its object, place, file and line", () => {
  const { report } = check(fakePolicy([badRule("bad-rule")]), [
    deployment("ok", {}),
    deployment("api", { bad: "x" }),
  ]);
  assert.deepEqual(report.findings, [
    {
      rule: "bad-rule",
      practice: "resources",
      mode: "enforce",
      object: { apiVersion: "apps/v1", kind: "Deployment", namespace: APP, name: "api" },
      path: "spec.bad",
      pointer: "/spec/bad",
      message: "bad is wrong",
      fix: "mend bad",
      fixable: false,
      source: { file: "a.yaml", line: 14, column: 5 },
    },
  ]);
  assert.equal(report.summary.objects, 2);
  assert.equal(report.door, "check");
});

test("an object without a namespace belongs to the one that was given", () => {
  const policy = fakePolicy([badRule("bad-rule")]);
  const object = deployment("api", { bad: "x" }, "");
  const modeIn = (namespace?: string) =>
    check(policy, [object], namespace ? { namespace } : {}).report.findings.map((found) => [
      found.object.namespace,
      found.mode,
    ]);
  assert.deepEqual(modeIn(), [["default", "audit"]]);
  assert.deepEqual(modeIn(APP), [[APP, "enforce"]]);
});

test("a Namespace in the files decides about its layer, else one in the state, else the policy", () => {
  const policy = fakePolicy([badRule("bad-rule")]);
  const layered = (layer: string) =>
    rawObject("v1", "Namespace", "elsewhere", {
      metadata: { labels: { "policy.keymate.io/layer": layer } },
    });
  const object = deployment("api", { bad: "x" }, "elsewhere");
  const modes = (objects: JsonObject[], state: JsonObject[] = []) =>
    check(policy, objects, { state }).report.findings.map(({ mode }) => mode);
  assert.deepEqual(modes([object]), ["audit"]);
  assert.deepEqual(modes([object, layered("data")]), ["enforce"]);
  assert.deepEqual(modes([object], [layered("data")]), ["enforce"]);
  assert.deepEqual(modes([object, layered("none")], [layered("data")]), ["audit"]);
});

test("nothing is said about the namespaces that the policy excludes", () => {
  const { report } = check(fakePolicy([badRule("bad-rule")]), [
    deployment("api", { bad: "x" }, "kube-system"),
  ]);
  assert.deepEqual(report.findings, []);
  assert.equal(report.practices.find(({ id }) => id === "resources")?.status, "not-applicable");
});

const targets = [
  { kinds: ["Deployment.apps", "ReplicaSet.apps", "Pod"], operations: ["CREATE"] },
] as const;

const owned = (apiVersion: string, kind: string, name: string, owner: [string, string, string]) => {
  const [ownerVersion, ownerKind, ownerName] = owner;
  const reference = {
    apiVersion: ownerVersion,
    kind: ownerKind,
    name: ownerName,
    uid: "u1",
    controller: true,
  };
  return rawObject(apiVersion, kind, name, {
    namespace: APP,
    metadata: { ownerReferences: [reference] },
    spec: { bad: "x" },
  });
};

test("what a judged controller has stamped out is not judged again", () => {
  const policy = fakePolicy([badRule("bad-rule", { targets: [...targets] })]);
  const { report } = check(policy, [
    owned("v1", "Pod", "p", ["apps/v1", "ReplicaSet", "r"]),
    owned("apps/v1", "ReplicaSet", "r", ["apps/v1", "Deployment", "d"]),
    deployment("d", { bad: "x" }),
  ]);
  assert.deepEqual(
    report.findings.map(({ object }) => object.name),
    ["d"],
  );
});

test("children of a controller that nobody judges speak once for it", () => {
  const policy = fakePolicy([
    badRule("bad-rule", { targets: [...targets] }),
    addingRule("adds", "x", { targets: [...targets] }),
  ]);
  const pods = ["p1", "p2"].map((name) =>
    owned("v1", "Pod", name, ["example.com/v1", "Rollout", "r"]),
  );
  const rollout = rawObject("example.com/v1", "Rollout", "r", { namespace: APP });
  const settings = { policy, now: 0, namespace: "default", state: [] };
  const { report } = checkFiles(input([...pods, rollout]), settings);
  assert.deepEqual(
    report.findings.map(({ object, fix }) => [object.name, fix]),
    [["p1", "fix it in the Rollout spec: mend bad"]],
  );
  assert.deepEqual(planFixes(input(pods), settings), []);
});

test("a gap that admission would fill is fixable, and only while filling is in force", () => {
  const gapRule = fakeRule("gap", {
    *check({ object }) {
      const spec = object.raw["spec"] as JsonObject;
      if (spec["x"] === undefined) yield finding("x", { gap: true });
    },
  });
  const rules = [gapRule, addingRule("adds", "x")];
  const shown = (policy: Policy) =>
    check(policy, [deployment("api", {})]).report.findings.map(({ message, fixable }) => [
      message,
      fixable,
    ]);
  assert.deepEqual(shown(fakePolicy(rules)), [["x is wrong; admission would add added", true]]);
  assert.deepEqual(shown(fakePolicy(rules, { cap: "warn" })), [
    ["x is wrong; if enforced, admission would add added", false],
  ]);
});

test("planned fixes are the patches of admission, object by object", () => {
  const policy = fakePolicy([addingRule("adds", "x")]);
  const settings = { policy, now: 0, namespace: "default", state: [] };
  const files = input([deployment("full", { x: 1 }), deployment("api", {})]);
  assert.deepEqual(planFixes(files, settings), [
    { object: files.objects[1], patch: [{ op: "add", path: "/spec/x", value: "added" }] },
  ]);
});

test("a file that cannot be judged is a finding of rule file-parse, under the policy's cap", () => {
  const settings = { now: 0, namespace: "default", state: [] };
  const { report } = checkFiles(input([], [PROBLEM]), {
    ...settings,
    policy: fakePolicy([fileParse]),
  });
  assert.deepEqual(report.findings, [
    {
      rule: "file-parse",
      practice: "operations",
      mode: "enforce",
      object: { apiVersion: "", kind: "File", name: "b.yaml" },
      path: "",
      pointer: "",
      message: "it is broken",
      fix: "mend it",
      fixable: false,
      source: { file: "b.yaml", line: 3 },
    },
  ]);
  assert.deepEqual(
    report.practices.filter(({ status }) => status !== "not-applicable"),
    [{ id: "operations", status: "fail", findings: 1 }],
  );
  const capped = checkFiles(input([], [PROBLEM]), {
    ...settings,
    policy: fakePolicy([fileParse], { cap: "warn" }),
  });
  assert.deepEqual(
    capped.report.findings.map(({ mode }) => mode),
    ["warn"],
  );
});

test("the policy and its overrides decide on the mode of file-parse", () => {
  const modesBy = (spec: JsonObject, file = "charts/b.yaml") => {
    const settings = { now: 0, namespace: "default", state: [], policy: policyWith(spec) };
    const { report } = checkFiles(input([], [{ ...PROBLEM, file }]), settings);
    return report.findings.map(({ mode }) => mode);
  };
  assert.deepEqual(modesBy({ rules: { "file-parse": { mode: "warn" } } }), ["warn"]);
  assert.deepEqual(modesBy({ rules: { "file-parse": { mode: "off" } } }), []);
  const override = {
    rules: ["file-parse"],
    objects: ["File/charts/*"],
    mode: "audit",
    until: "2027-01-01",
  };
  assert.deepEqual(modesBy({ overrides: [override] }), ["audit"]);
  assert.deepEqual(modesBy({ overrides: [override] }, "b.yaml"), ["enforce"]);
});

test("a rule that throws is no pass: its line is not verified", () => {
  const broken = fakeRule("broken", {
    check() {
      throw new Error("secret detail");
    },
  });
  const { report, faults } = check(fakePolicy([broken]), [deployment("api", {})]);
  assert.equal(report.summary.verdict, "not-verified");
  assert.equal(report.skipped[0]?.rule, "broken");
  assert.doesNotMatch(JSON.stringify(report), /secret detail/);
  assert.equal(faults.length, 1);
});

test("a rule of another door does not make its practice pass", () => {
  const { report } = check(fakePolicy([fakeRule("later", { doors: ["audit"], check: () => [] })]), [
    deployment("api", {}),
  ]);
  assert.equal(report.practices.find(({ id }) => id === "resources")?.status, "not-applicable");
});

test("a report holds an inventory only when it is asked for", () => {
  const objects = [deployment("api", {})];
  const settings = { policy: fakePolicy([]), now: 0, namespace: "default", state: [] };
  assert.equal(checkFiles(input(objects), settings).report.inventory, undefined);
  const { report } = checkFiles(input(objects), { ...settings, inventory: true });
  assert.deepEqual(
    report.inventory?.map(({ layer, workloads }) => [layer, workloads.length]),
    [
      ["data", 0],
      ["application", 1],
    ],
  );
});
