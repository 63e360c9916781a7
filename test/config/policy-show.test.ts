import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { stringify } from "yaml";
import { DEFAULT_POLICY } from "../../src/config/default-policy.ts";
import { showPolicy } from "../../src/config/policy-show.ts";
import { loaded, rules, withSpec } from "./support/policies.ts";

function shown(text?: string): string {
  return showPolicy(loaded(text).document, rules);
}

test("the shown embedded policy is the embedded text, with the rules filled in", () => {
  const filled = DEFAULT_POLICY.replace(
    "  rules: {}\n",
    `  rules:
    # Limits on every container
    res-limits-required:
      mode: enforce
      params:
        cpu: enforce
    # Defaults for what is missing
    res-default:
      mode: enforce
      params:
        announce: true
        exceptLayers: [data]
    # Replicas on several nodes
    ha-spread:
      mode: warn
`,
  );
  assert.equal(shown(), filled);
});

test("a shown policy has the merged values and keeps the comments around them", () => {
  const text = shown(
    withSpec(`  components: [{name: cache, minReplicas: 3}, {name: vault, layer: data}]
  layers: [{name: data, namespaces: [db]}, {name: infrastructure}, {name: application}, {name: observability}]
  overrides: [{rules: [res-*], mode: warn, until: 2027-03-31, reason: "it's # hard"}]
  unlayered: warn
  trustedControllers: []
`),
  );
  for (const part of [
    `    - name: cache # sessions and tokens; can be rebuilt
      layer: data
      critical: false
      minReplicas: 3
`,
    `    - name: vault
      layer: data
`,
    `    - name: data # databases, caches, brokers
      namespaces: [db]
    - name: infrastructure # service mesh, certificate manager
    - name: application`,
    `  overrides:
    - rules: [res-*]
      mode: warn
      until: 2027-03-31
      reason: "it's # hard"
`,
    `  # Strictest mode outside layer namespaces, for rules that are not about layers.
  unlayered: warn
`,
    `  # never blocked: a denial would stop a failover.
  trustedControllers: []
`,
  ]) {
    assert.ok(text.includes(part), `${part}\nis missing in\n${text}`);
  }
});

test("a shown policy that starts from nothing holds nothing of the embedded one", () => {
  const text = shown(withSpec("  extends: none\nmetadata: {name: bare}\n"));
  assert.match(text, /^ {2}components: \[\]$/m);
  assert.doesNotMatch(text, /keycloak|kube-public|500m/);
});

const name = fc.stringMatching(/^[a-z][a-z0-9]{0,8}$/);
const layer = fc.constantFrom("infrastructure", "data", "application", "observability");
const quantity = fc.constantFrom("1", 1, "1500m", 0.5, "1Gi", "1e3", "3");
const mode = fc.constantFrom("enforce", "warn", "audit", "off");
const words = fc.string({ maxLength: 30 });

function partly<T>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }) {
  return fc.record(model, { requiredKeys: [] });
}

const amounts = partly({ cpu: quantity, memory: quantity });

const component = fc
  .tuple(
    fc.oneof(name, fc.constantFrom("cache", "api-gateway", "dashboards")),
    layer,
    partly({
      critical: fc.boolean(),
      minReplicas: fc.nat(9),
      resources: partly({ requests: fc.constant({}), limits: amounts }),
      match: partly({
        images: fc.array(fc.constantFrom("a", "*-b", "c/*")),
        labels: fc.dictionary(name, name, { maxKeys: 2 }),
      }),
    }),
  )
  .map(([componentName, itsLayer, rest]) => ({ name: componentName, layer: itsLayer, ...rest }));

const override = fc
  .tuple(
    fc.subarray(["res-*", "ha-spread", "*"], { minLength: 1 }),
    mode,
    partly({ namespaces: fc.constant(["legacy-*"]), objects: fc.constant(["*/x"]), reason: words }),
  )
  .map(([ids, itsMode, rest]) => ({ rules: ids, mode: itsMode, until: "2027-03-31", ...rest }));

const spec = partly({
  profile: fc.constantFrom("production", "staging", "development"),
  platform: name,
  layers: fc
    .shuffledSubarray(["infrastructure", "data", "application", "observability"], { minLength: 4 })
    .map((names) => names.map((one) => ({ name: one, namespaces: [`${one}-*`] }))),
  components: fc.uniqueArray(component, { selector: (one) => one.name, maxLength: 4 }),
  defaults: partly({
    resources: fc.constant({ limits: { cpu: 8, memory: "8Gi" } }),
    labels: fc.dictionary(name, name, { maxKeys: 3 }),
  }),
  rules: partly({
    "res-default": partly({ mode, params: partly({ announce: fc.boolean() }) }),
    "ha-spread": partly({ mode }),
  }),
  overrides: fc.array(override, { maxLength: 3 }),
  unlayered: mode,
  trustedControllers: fc.array(
    fc.constantFrom("system:serviceaccount:a:b", "me@example.org", "no: #yes"),
  ),
  excludedNamespaces: fc.array(name, { maxLength: 3 }),
});

test("showing and loading any policy again changes neither its meaning nor its text", () => {
  fc.assert(
    fc.property(spec, (overlay) => {
      const trusted = overlay.trustedControllers?.filter((user) => !user.includes(" "));
      const text = stringify({
        apiVersion: "policy.keymate.io/v1alpha1",
        kind: "PlatformPolicy",
        spec: { ...overlay, ...(trusted ? { trustedControllers: trusted } : {}) },
      });
      const first = loaded(text);
      const page = showPolicy(first.document, rules);
      const second = loaded(page);
      assert.equal(second.policy.id, first.policy.id);
      assert.deepEqual(second.policy.platform, first.policy.platform);
      assert.equal(showPolicy(second.document, rules), page);
    }),
    { numRuns: 150 },
  );
});
