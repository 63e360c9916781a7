import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { loadFiles } from "../../src/adapters/files/load.ts";
import { loadPolicy } from "../../src/config/load-policy.ts";
import type { JsonObject } from "../../src/kubernetes/json.ts";
import { dig } from "../../src/kubernetes/json.ts";
import { nameOf } from "../../src/kubernetes/object.ts";
import { RULES } from "../../src/rules/index.ts";
import { checkFiles } from "../../src/usecases/check-files.ts";
import { webhookEntries } from "../../src/usecases/webhooks/entries.ts";
import { neverIntercepted } from "../../src/usecases/webhooks/selectors.ts";
import { rawObject } from "../support/builders.ts";

const BASE = fileURLToPath(new URL("../../manifests/base", import.meta.url));
const files = loadFiles([BASE]);
const objects = files.objects.map(({ object }) => object);

const loaded = loadPolicy({ rules: RULES });
assert.ok(loaded.ok);
const { policy } = loaded;

function only(kind: string): JsonObject {
  const found = objects.filter((object) => object["kind"] === kind);
  assert.equal(found.length, 1, kind);
  return found[0] as JsonObject;
}

test("our own manifests pass our own rules, judged as in the infrastructure layer", () => {
  const namespace = rawObject("v1", "Namespace", "keymate-guard", {
    metadata: { labels: { "policy.keymate.io/layer": "infrastructure" } },
  });
  const { report } = checkFiles(
    { ...files, objects: files.objects.filter(({ object }) => object["kind"] !== "Namespace") },
    { policy, now: 0, namespace: "keymate-guard", state: [namespace] },
  );
  const serious = report.findings.filter(({ mode }) => mode !== "audit");
  assert.deepEqual(serious, []);
  assert.ok(report.summary.objects > 10);
});

test("the webhook configurations are shipped without entries, so that nothing is intercepted early", () => {
  for (const kind of ["MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"]) {
    const configuration = only(kind);
    assert.equal(nameOf(configuration), "keymate-guard");
    assert.equal(Object.hasOwn(configuration, "webhooks"), false);
  }
});

test("the certificate Secret is shipped without data", () => {
  const secret = only("Secret");
  assert.equal(Object.hasOwn(secret, "data") || Object.hasOwn(secret, "stringData"), false);
});

test("the guard may read what its rules look up and write nothing but its entries, Secret, Events and probes", () => {
  const roles = objects.filter(({ kind }) => kind === "ClusterRole" || kind === "Role");
  for (const role of roles) {
    for (const rule of role["rules"] as { verbs: string[]; resources: string[] }[]) {
      if (rule.resources.join() === "events") {
        assert.deepEqual(rule.verbs, ["create", "patch"]);
        continue;
      }
      const isProbe = role["kind"] === "Role" && rule.resources.join() === "configmaps";
      if (isProbe) {
        assert.deepEqual(rule.verbs, ["create"]);
        continue;
      }
      const writes = rule.verbs.some((verb) => !["get", "list", "watch"].includes(verb));
      if (writes) assert.ok(Object.hasOwn(rule, "resourceNames"), JSON.stringify(rule));
      assert.ok(!rule.verbs.includes("create") && !rule.verbs.includes("*"));
      assert.ok(!rule.resources.includes("*"));
    }
  }
});

test("the shipped policy is valid and changes nothing of the embedded one", () => {
  const text = dig(only("ConfigMap"), "data", "policy.yaml");
  const shipped = loadPolicy({ text: String(text), rules: RULES });
  assert.ok(shipped.ok);
  assert.deepEqual(shipped.policy.platform.layers, policy.platform.layers);
});

test("the container is locked down and replaced without a gap", () => {
  const deployment = only("Deployment");
  const spec = deployment["spec"] as Record<string, never>;
  assert.equal(spec["replicas"], 2);
  assert.deepEqual(dig(spec, "strategy", "rollingUpdate"), { maxSurge: 1, maxUnavailable: 0 });
  const pod = dig(spec, "template", "spec") as JsonObject;
  assert.equal(dig(pod, "securityContext", "runAsNonRoot"), true);
  assert.equal(dig(pod, "securityContext", "seccompProfile", "type"), "RuntimeDefault");
  const [container] = pod["containers"] as JsonObject[];
  assert.equal(dig(container, "securityContext", "readOnlyRootFilesystem"), true);
  assert.equal(dig(container, "securityContext", "allowPrivilegeEscalation"), false);
  assert.deepEqual(dig(container, "securityContext", "capabilities", "drop"), ["ALL"]);
  for (const probe of ["startupProbe", "livenessProbe", "readinessProbe"]) {
    assert.equal(dig(container, probe, "httpGet", "port"), "ops");
  }
});

test("the guard stays available through rollouts, drains and pressure on its nodes", () => {
  const { replicas, minReadySeconds, template } = only("Deployment")["spec"] as JsonObject;
  assert.deepEqual([replicas, minReadySeconds], [2, 10]);
  const pod = dig(template, "spec") as JsonObject;
  assert.equal(pod["priorityClassName"], "system-cluster-critical");
  const spread = pod["topologySpreadConstraints"] as JsonObject[];
  assert.deepEqual(
    spread.map(({ maxSkew, topologyKey, whenUnsatisfiable }) => [
      maxSkew,
      topologyKey,
      whenUnsatisfiable,
    ]),
    [
      [1, "kubernetes.io/hostname", "ScheduleAnyway"],
      [1, "topology.kubernetes.io/zone", "ScheduleAnyway"],
    ],
  );
  const [container] = pod["containers"] as JsonObject[];
  assert.equal(
    dig(container, "resources", "requests", "memory"),
    dig(container, "resources", "limits", "memory"),
  );
  const budget = only("PodDisruptionBudget")["spec"] as JsonObject;
  assert.equal(budget["minAvailable"], 1);
  assert.equal(budget["unhealthyPodEvictionPolicy"], "AlwaysAllow");
});

test("the version is one and the same in package, image and manifests", () => {
  const read = (path: string) =>
    readFileSync(fileURLToPath(new URL(`../../${path}`, import.meta.url)), "utf8");
  const { version } = JSON.parse(read("package.json")) as { version: string };
  assert.match(read("manifests/base/kustomization.yaml"), new RegExp(`newTag: ${version}\\b`));
  assert.match(
    read("manifests/base/50-deployment.yaml"),
    new RegExp(`keymate-guard:${version}\\b`),
  );
});

test("the entries of the shipped policy select layer namespaces for Fail and never our own", () => {
  const { validating } = webhookEntries(policy, {
    client: { service: { name: "keymate-guard", namespace: "keymate-guard", port: 443 } },
    excluded: neverIntercepted(policy, "keymate-guard"),
    mutateTimeoutSeconds: 3,
    validateTimeoutSeconds: 5,
    failing: true,
  });
  const failing = validating.filter(({ failurePolicy }) => failurePolicy === "Fail");
  assert.deepEqual(
    failing.map(({ name }) => name.split(".")[0]),
    ["enforce-labelled", "enforce-named", "layer-namespaces"],
  );
});

/** What a cluster needs in order to start, and what would loop. */
const VITAL =
  /^(nodes|leases|events|certificatesigningrequests|endpoints|endpointslices|tokenreviews|.*accessreviews|apiservices|priorityclasses|customresourcedefinitions|flowschemas|prioritylevelconfigurations|bindings|.*webhookconfigurations)$|\/(status|binding|ephemeralcontainers|token|approval|eviction)$|\*/;

test("whatever a policy says, nothing that a cluster needs to start is ever registered", () => {
  const rules = Object.fromEntries(RULES.map(({ id }) => [id, { mode: "enforce" }]));
  const spec = { rules, excludedNamespaces: [] };
  const kind = { apiVersion: "policy.keymate.io/v1alpha1", kind: "PlatformPolicy" };
  const strict = loadPolicy({ text: JSON.stringify({ ...kind, spec }), rules: RULES });
  assert.ok(strict.ok);
  const entries = webhookEntries(strict.policy, {
    client: { service: { name: "keymate-guard", namespace: "keymate-guard", port: 443 } },
    excluded: neverIntercepted(strict.policy, "keymate-guard"),
    mutateTimeoutSeconds: 3,
    validateTimeoutSeconds: 5,
    failing: true,
  });
  for (const { name, rules: registered, namespaceSelector } of [
    ...entries.mutating,
    ...entries.validating,
  ]) {
    for (const resource of registered.flatMap(({ resources }) => resources)) {
      assert.doesNotMatch(resource, VITAL, name);
    }
    const names = namespaceSelector.matchExpressions.find(
      ({ key }) => key === "kubernetes.io/metadata.name",
    );
    for (const vital of ["kube-system", "kube-node-lease", "keymate-guard"]) {
      assert.equal(names?.values?.includes(vital), names?.operator === "NotIn", name);
    }
  }
});
