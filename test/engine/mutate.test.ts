import assert from "node:assert/strict";
import { test } from "node:test";
import type { ClusterView } from "../../src/engine/cluster-view.ts";
import { planMutation } from "../../src/engine/mutate.ts";
import { field, ROOT } from "../../src/kubernetes/location.ts";
import { rawObject, subjectOf, UNREADABLE } from "../support/builders.ts";
import { addingRule, environmentOf, fakeRule } from "../support/fake-rules.ts";

const deployment = rawObject("apps/v1", "Deployment", "api", {
  namespace: "platform-application",
  spec: { replicas: 1 },
});

test("mutation concatenates the patches of all rules in force and announces them once", () => {
  const rules = [addingRule("first", "a"), addingRule("second", "b")];
  const plan = planMutation(environmentOf(rules), subjectOf(deployment));
  assert.deepEqual(plan.patch, [
    { op: "add", path: "/spec/a", value: "added" },
    { op: "add", path: "/spec/b", value: "added" },
  ]);
  assert.deepEqual(plan.announcements, ["[first] added a", "[second] added b"]);
});

test("mutation asks for the time before every rule, those of its own check too", () => {
  const rules = [addingRule("first", "a"), addingRule("second", "b")];
  for (const left of [0, 1, 2, 3]) {
    let asked = 0;
    const environment = environmentOf(rules, { expired: () => ++asked > left });
    const plan = planMutation(environment, subjectOf(deployment));
    assert.deepEqual(plan, { patch: [], announcements: [], rules: [], incomplete: true });
  }
  let asked = 0;
  const environment = environmentOf(rules, { expired: () => ++asked > 4 });
  assert.equal(planMutation(environment, subjectOf(deployment)).patch.length, 2);
});

test("mutation says nothing on an update", () => {
  const old = { ...deployment, spec: { replicas: 2 } };
  const subject = subjectOf(deployment, { operation: "UPDATE", old });
  const plan = planMutation(environmentOf([addingRule("r", "a")]), subject);
  assert.equal(plan.patch.length, 1);
  assert.deepEqual(plan.announcements, []);
});

test("mutation happens at mode enforce only", () => {
  for (const mode of ["warn", "audit", "off"] as const) {
    const plan = planMutation(
      environmentOf([addingRule("r", "a", { mode })]),
      subjectOf(deployment),
    );
    assert.deepEqual(plan.patch, [], mode);
  }
  const capped = environmentOf([addingRule("r", "a")], { cap: "warn" });
  assert.deepEqual(planMutation(capped, subjectOf(deployment)).patch, []);
});

test("mutation never touches an object outside the layers, of a controller or on deletion", () => {
  const environment = environmentOf([addingRule("r", "a")]);
  const elsewhere = rawObject("apps/v1", "Deployment", "api", { namespace: "elsewhere" });
  assert.deepEqual(planMutation(environment, subjectOf(elsewhere)).patch, []);
  for (const settings of [{ byController: true }, { operation: "DELETE" as const }]) {
    assert.deepEqual(planMutation(environment, subjectOf(deployment, settings)).patch, []);
  }
});

test("mutation waits until namespaces can be read", () => {
  const environment = environmentOf([addingRule("r", "a")], { cluster: UNREADABLE });
  assert.deepEqual(planMutation(environment, subjectOf(deployment)).patch, []);
});

test("mutation leaves alone what it needs another kind for, while that cannot be read", () => {
  const cluster: ClusterView = {
    readability: (kind) => (kind === "LimitRange" ? "unreadable" : "readable"),
    reason: () => "not synced",
    get: () => undefined,
    list: () => [],
    byIndex: () => new Set<never>(),
    selecting: () => [],
  };
  const rules = [addingRule("needy", "a", { needs: ["LimitRange"] }), addingRule("plain", "b")];
  const plan = planMutation(environmentOf(rules, { cluster }), subjectOf(deployment));
  assert.deepEqual(plan.rules, ["plain"]);
});

test("mutation is not sent when a second run would add more", () => {
  let runs = 0;
  const restless = fakeRule("restless", {
    mutate: () => ({
      additions: [{ location: field(ROOT, "spec", `key-${runs++}`), value: "x" }],
    }),
  });
  const plan = planMutation(environmentOf([restless]), subjectOf(deployment));
  assert.deepEqual(plan.patch, []);
  assert.equal(plan.fault?.where, "patch");
});

test("mutation reports a rule that throws and sends nothing", () => {
  const broken = fakeRule("broken", {
    mutate: () => {
      throw new Error("bug");
    },
  });
  const plan = planMutation(environmentOf([addingRule("r", "a"), broken]), subjectOf(deployment));
  assert.deepEqual(plan.patch, []);
  assert.equal(plan.fault?.where, "rule");
});

test("the pod template is open on creation and when an update changes it anyway", () => {
  const seen: boolean[] = [];
  const rule = fakeRule("r", {
    mutate({ templateOpen }) {
      seen.push(templateOpen);
      return undefined;
    },
  });
  const environment = environmentOf([rule]);
  const withTemplate = (image: string, labels = {}) =>
    rawObject("apps/v1", "Deployment", "api", {
      namespace: "platform-application",
      metadata: { labels },
      spec: { template: { spec: { containers: [{ name: "api", image }] } } },
    });
  planMutation(environment, subjectOf(withTemplate("a:1")));
  const old = withTemplate("a:1");
  const update = (raw: typeof old) =>
    planMutation(environment, subjectOf(raw, { operation: "UPDATE", old }));
  update(withTemplate("a:2"));
  update(withTemplate("a:1", { changed: "label" }));
  assert.deepEqual(seen, [true, true, false]);
});
