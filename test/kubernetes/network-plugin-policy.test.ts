import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { JsonObject } from "../../src/kubernetes/json.ts";
import { NETWORK_PLUGIN_POLICIES } from "../../src/kubernetes/network-plugin-policy.ts";

const NAMESPACE = { name: "platform-data", labels: { tier: "data" } };

function governs(kind: string, policy: JsonObject): boolean | undefined {
  return NETWORK_PLUGIN_POLICIES.get(kind)?.(policy, NAMESPACE);
}

const cilium = (spec: JsonObject) => governs("CiliumClusterwideNetworkPolicy.cilium.io", { spec });
const calico = (spec: JsonObject) => governs("GlobalNetworkPolicy.projectcalico.org", { spec });

const OWN = "io.kubernetes.pod.namespace";
const TIER = "io.cilium.k8s.namespace.labels.tier";
const selecting = (selector: JsonObject) => ({ endpointSelector: selector, ingress: [{}] });

suite("a policy of Cilium governs a namespace", () => {
  const CASES: readonly (readonly [string, JsonObject, boolean])[] = [
    ["that an empty selector holds", selecting({}), true],
    ["by its name", selecting({ matchLabels: { [`k8s:${OWN}`]: "platform-data" } }), true],
    ["not by another name", selecting({ matchLabels: { [OWN]: "other" } }), false],
    ["by its labels", selecting({ matchLabels: { [TIER]: "data" } }), true],
    ["not by other labels", selecting({ matchLabels: { [`any:${TIER}`]: "web" } }), false],
    [
      "by what it is not",
      selecting({ matchExpressions: [{ key: OWN, operator: "NotIn", values: ["kube-system"] }] }),
      true,
    ],
    ["not for some Pods of it", selecting({ matchLabels: { app: "redis" } }), false],
    ["not by a policy for nodes", { nodeSelector: {}, ingress: [{}] }, false],
    ["not by egress alone", { endpointSelector: {}, egress: [{}] }, false],
    ["not by an empty list of rules", { endpointSelector: {}, ingress: [] }, false],
    ["by denials", { endpointSelector: {}, ingressDeny: [{}] }, true],
    [
      "when it asks to deny by default",
      { endpointSelector: {}, enableDefaultDeny: { ingress: true } },
      true,
    ],
    [
      "not when it asks not to",
      { ...selecting({}), enableDefaultDeny: { ingress: false, egress: true } },
      false,
    ],
  ];
  for (const [how, spec, expected] of CASES) {
    test(how, () => assert.equal(cilium(spec), expected));
  }

  test("by any of several policies in one object", () => {
    const specs = [selecting({ matchLabels: { app: "x" } }), selecting({})];
    assert.equal(governs("CiliumNetworkPolicy.cilium.io", { specs }), true);
  });
});

suite("a policy of Calico governs a namespace", () => {
  const CASES: readonly (readonly [string, JsonObject, boolean])[] = [
    ["without a selector", {}, true],
    ["by all()", { selector: "all()", namespaceSelector: "all()" }, true],
    ["by its name", { namespaceSelector: "projectcalico.org/name == 'platform-data'" }, true],
    ["not by another name", { namespaceSelector: "projectcalico.org/name=='other'" }, false],
    ["by its labels", { namespaceSelector: 'tier in {"web", "data"} && has(tier)' }, true],
    ["not by other labels", { namespaceSelector: "tier not in { 'data' }" }, false],
    ["not by a label that it has not", { namespaceSelector: "has(team)" }, false],
    ["by a label that it has not, when negated", { namespaceSelector: "!has(team)" }, true],
    ["perhaps, by what is not read here", { namespaceSelector: "a == 'b' || has(c)" }, true],
    [
      "perhaps, by one of several choices",
      { namespaceSelector: "tier == 'data' || has(a) && projectcalico.org/name == 'other'" },
      true,
    ],
    ["perhaps, by a group", { namespaceSelector: "!(has(a) && tier == 'web' && has(b))" }, true],
    ["not by one for what is in none", { namespaceSelector: "global()" }, false],
    ["not for some Pods of it", { selector: "app == 'redis'" }, false],
    ["not for Pods without a label", { selector: "app != 'redis'" }, false],
    ["by what every Pod has", { selector: "projectcalico.org/orchestrator == 'k8s'" }, true],
    ["not for some accounts", { serviceAccountSelector: "name == 'x'" }, false],
    ["not by egress alone", { egress: [{ action: "Allow" }] }, false],
    ["not by another type", { types: ["Egress"], ingress: [] }, false],
    ["by both types", { types: ["Egress", "Ingress"] }, true],
    ["not by one for hosts", { preDNAT: true }, false],
  ];
  for (const [how, spec, expected] of CASES) {
    test(how, () => assert.equal(calico(spec), expected));
  }

  test("not by the mirror of a NetworkPolicy, which is read as such", () => {
    const policy = { metadata: { name: "knp.default.deny" }, spec: {} };
    assert.equal(governs("NetworkPolicy.projectcalico.org", policy), false);
  });

  test("not by an object without a spec", () => {
    for (const kind of NETWORK_PLUGIN_POLICIES.keys()) assert.equal(governs(kind, {}), false);
  });
});
