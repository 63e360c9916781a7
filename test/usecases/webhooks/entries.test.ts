import assert from "node:assert/strict";
import { test } from "node:test";
import type { PolicyInput } from "../../../src/engine/policy.ts";
import type { Rule } from "../../../src/engine/rule.ts";
import { webhookEntries } from "../../../src/usecases/webhooks/entries.ts";
import type { WebhookEntry, WebhookOptions } from "../../../src/usecases/webhooks/entry.ts";
import { addingRule, badRule, fakePolicy, override } from "../../support/fake-rules.ts";

const service = { name: "keymate-guard", namespace: "keymate-guard", port: 443 };

function entries(
  rules: readonly Rule[],
  parts: Partial<PolicyInput> = {},
  options: Partial<WebhookOptions> = {},
) {
  return webhookEntries(fakePolicy(rules, parts), {
    client: { service, caBundle: "Q0E=" },
    excluded: ["kube-system", "keymate-guard"],
    mutateTimeoutSeconds: 3,
    validateTimeoutSeconds: 5,
    failing: true,
    ...options,
  });
}

function named(list: readonly WebhookEntry[], name: string): WebhookEntry | undefined {
  return list.find((entry) => entry.name === `${name}.guard.keymate.io`);
}

const pods = [{ kinds: ["Pod"], operations: ["CREATE", "UPDATE"] as const }];
const namespaces = [{ kinds: ["Namespace"], operations: ["UPDATE"] as const }];

test("only what may be denied in a layer namespace is registered with Fail", () => {
  const { validating } = entries([
    badRule("strict", { targets: pods }),
    badRule("lenient", { mode: "warn" }),
  ]);
  assert.deepEqual(named(validating, "enforce-labelled")?.rules, [
    {
      apiGroups: [""],
      apiVersions: ["v1"],
      operations: ["CREATE", "UPDATE"],
      resources: ["pods"],
      scope: "Namespaced",
    },
  ]);
  assert.equal(named(validating, "enforce-labelled")?.failurePolicy, "Fail");
  const lenient = named(validating, "observe-labelled");
  assert.equal(lenient?.failurePolicy, "Ignore");
  assert.ok(lenient?.rules.some(({ resources }) => resources.includes("deployments")));
  for (const entry of validating.filter(({ name }) => name.startsWith("observe-others"))) {
    assert.equal(entry.failurePolicy, "Ignore");
  }
});

test("nothing is registered with Fail, and nothing mutates, while everything is capped at warn", () => {
  const { validating, mutating } = entries([badRule("r"), addingRule("add", "a")], { cap: "warn" });
  assert.deepEqual(mutating, []);
  assert.ok(validating.length > 0);
  assert.ok(validating.every(({ failurePolicy }) => failurePolicy === "Ignore"));
});

test("an override that enforces again registers its rule with Fail", () => {
  const { validating } = entries([badRule("r", { mode: "warn" })], {
    overrides: [override("enforce", { namespaces: ["platform-data"] })],
  });
  assert.ok(named(validating, "enforce-named"));
});

test("every entry is explicit about time, side effects and matching, and leaves our namespaces alone", () => {
  const { validating, mutating } = entries([
    badRule("r"),
    addingRule("add", "a"),
    badRule("ns", { targets: namespaces, everywhere: true }),
  ]);
  for (const entry of [...mutating, ...validating]) {
    assert.equal(entry.sideEffects, "NoneOnDryRun");
    assert.equal(entry.matchPolicy, "Equivalent");
    assert.deepEqual(entry.admissionReviewVersions, ["v1"]);
    assert.equal(entry.timeoutSeconds, mutating.includes(entry) ? 3 : 5);
    assert.equal(entry.clientConfig["caBundle"], "Q0E=");
    assert.ok(entry.matchConditions.some(({ name }) => name === "not-being-deleted"));
    const names = entry.namespaceSelector.matchExpressions.filter(
      ({ key }) => key === "kubernetes.io/metadata.name",
    );
    assert.equal(names.length, 1, entry.name);
    const [{ operator, values }] = names as [(typeof names)[number]];
    const excludes = operator === "NotIn" && values?.includes("kube-system");
    const selects = operator === "In" && !values?.includes("kube-system");
    assert.ok(excludes || selects, entry.name);
  }
  assert.ok(mutating.every(({ reinvocationPolicy }) => reinvocationPolicy === "IfNeeded"));
  assert.ok(mutating.every(({ failurePolicy }) => failurePolicy === "Ignore"));
});

test("a policy's globs reach the mutating and the Ignore entries only", () => {
  const { validating, mutating } = entries([badRule("r"), addingRule("add", "a")]);
  assert.ok(named(mutating, "default-others"));
  const exact = named(validating, "enforce-named")?.namespaceSelector.matchExpressions;
  assert.deepEqual(exact?.find(({ operator }) => operator === "In")?.values, [
    "platform-application",
    "platform-data",
  ]);
});

test("what controllers make is asked about with Ignore alone", () => {
  const { validating } = entries([badRule("r", { targets: pods })]);
  for (const entry of validating.filter(({ failurePolicy }) => failurePolicy === "Fail")) {
    const condition = entry.matchConditions.find(({ name }) => name === "not-made-by-a-controller");
    assert.match(
      condition?.expression ?? "",
      /replicaset-controller.*system:serviceaccount:ops:operator/,
    );
  }
  assert.equal(named(validating, "observe-controllers")?.failurePolicy, "Ignore");
});

test("what controllers go on to write is asked about with Ignore alone, and not filled in", () => {
  const { mutating, validating } = entries([
    badRule("r", { targets: pods }),
    addingRule("add", "a"),
  ]);
  const own =
    /\(request\.operation == "UPDATE" \|\| request\.operation == "CREATE" && .*\) && request\.userInfo\.username in \[.*deployment-controller.*generic-garbage-collector.*\]/;
  const strict = validating.filter(({ failurePolicy }) => failurePolicy === "Fail");
  assert.ok(strict.length > 0);
  for (const { matchConditions } of [...strict, ...mutating]) {
    const found = matchConditions.find(({ name }) => name === "not-made-by-a-controller");
    assert.match(found?.expression ?? "", own);
  }
  const observed = named(validating, "observe-controllers");
  assert.match(observed?.matchConditions.at(-1)?.expression ?? "", own);
  assert.ok(observed?.rules.some(({ operations }) => operations.includes("UPDATE")));
});

test("a namespace that has or had a layer is asked about with Fail, all others with Ignore", () => {
  const { validating } = entries([badRule("ns", { targets: namespaces, everywhere: true })]);
  const layer = named(validating, "layer-namespaces");
  assert.equal(layer?.failurePolicy, "Fail");
  assert.equal(layer?.rules[0]?.scope, "Cluster");
  assert.match(layer?.matchConditions.at(-1)?.expression ?? "", /oldObject.metadata.labels/);
  assert.equal(named(validating, "other-namespaces")?.failurePolicy, "Ignore");
});

test("scale and resize are registered by name, and never status or everything", () => {
  const { validating } = entries([
    badRule("resize", {
      targets: [{ kinds: ["Pod"], operations: ["UPDATE"], subresource: "resize" }],
    }),
  ]);
  const resources = validating.flatMap(({ rules }) => rules.flatMap((rule) => rule.resources));
  for (const expected of [
    "deployments/scale",
    "statefulsets/scale",
    "clusters/scale",
    "pods/resize",
  ]) {
    assert.ok(resources.includes(expected), expected);
  }
  assert.ok(!resources.some((resource) => resource.includes("*") || resource.includes("status")));
});

test("a rule on deletions leaves the controllers that clean up alone", () => {
  const { validating } = entries([badRule("r")]);
  for (const entry of validating.filter(({ name }) => name.startsWith("enforce"))) {
    const condition = entry.matchConditions.find(({ name }) => name.startsWith("not-cleaned-up"));
    assert.match(condition?.expression ?? "", /namespace-controller/);
  }
});

test("a guard outside the cluster is called by URL", () => {
  const { validating } = webhookEntries(fakePolicy([badRule("r")]), {
    client: { url: "https://guard.example:8443/", caBundle: "Q0E=" },
    excluded: [],
    mutateTimeoutSeconds: 3,
    validateTimeoutSeconds: 5,
    failing: true,
  });
  assert.equal(
    named(validating, "enforce-labelled")?.clientConfig["url"],
    "https://guard.example:8443/validate/fail",
  );
});

test("a rule of the audit alone is not registered, even where the policy enforces it", () => {
  const auditOnly = badRule("r", { targets: pods, doors: ["audit"] });
  const { validating } = entries([auditOnly, badRule("other")]);
  const resources = validating.flatMap(({ rules }) => rules.flatMap((rule) => rule.resources));
  assert.ok(resources.includes("deployments"));
  assert.ok(!resources.includes("pods"));
});

test("until Fail is raised, what may be refused is asked about with Ignore, faults included", () => {
  const { validating } = entries([badRule("r")], {}, { failing: false });
  const strict = validating.filter(({ name }) => name.startsWith("enforce"));
  assert.ok(strict.length > 0);
  for (const { failurePolicy, clientConfig } of strict) {
    assert.equal(failurePolicy, "Ignore");
    assert.deepEqual(clientConfig["service"], { ...service, path: "/validate" });
  }
});

test("the probe is a dry run of a labelled ConfigMap in the guard's own namespace, and nothing else", () => {
  const { validating } = entries([badRule("r")], {}, { probedIn: "keymate-guard" });
  const probe = named(validating, "probe");
  assert.deepEqual(probe?.rules, [
    {
      apiGroups: [""],
      apiVersions: ["v1"],
      operations: ["CREATE"],
      resources: ["configmaps"],
      scope: "Namespaced",
    },
  ]);
  assert.deepEqual(probe.objectSelector, { matchLabels: { "policy.keymate.io/probe": "true" } });
  assert.deepEqual(probe.namespaceSelector.matchExpressions, [
    { key: "kubernetes.io/metadata.name", operator: "In", values: ["keymate-guard"] },
  ]);
  assert.deepEqual(probe.matchConditions, [
    { name: "dry-run", expression: "request.dryRun == true" },
  ]);
});

test("nothing is probed while nothing may be refused", () => {
  const { validating } = entries([badRule("r")], { cap: "warn" }, { probedIn: "keymate-guard" });
  assert.equal(named(validating, "probe"), undefined);
});

test("a break-glass group is left out of every entry, and no group is unless it is named", () => {
  const rules = [badRule("r"), addingRule("add", "a"), badRule("ns", { targets: namespaces })];
  const expression = '!("keymate:break-glass" in request.userInfo.groups)';
  const open = entries(rules, { breakGlassGroup: "keymate:break-glass" });
  for (const { name, matchConditions } of [...open.mutating, ...open.validating]) {
    assert.ok(
      matchConditions.some((one) => one.expression === expression),
      name,
    );
  }
  const closed = entries(rules);
  for (const { matchConditions } of [...closed.mutating, ...closed.validating]) {
    assert.ok(matchConditions.every((one) => !one.expression.includes("groups")));
  }
});
