import assert from "node:assert/strict";
import test from "node:test";
import { formatProblem, loadPolicy } from "../../src/config/load-policy.ts";
import { definitionOf } from "../../src/config/schema-keys.ts";
import { componentName, layerName } from "../../src/engine/names.ts";
import { RULES } from "../../src/rules/index.ts";
import { withSpec } from "./support/policies.ts";

function complaints(text: string): string[] {
  const result = loadPolicy({ text, source: "p.yaml", rules: RULES });
  return result.ok ? [] : result.problems.map(formatProblem);
}

test("parameters name layers and components of the policy", () => {
  const rules = `  rules:
    res-default: {params: {exceptLayers: [data, dta]}}
    net-service-exposure: {params: {entryComponents: [api-gatway]}}
    net-mtls: {params: {enforceLayers: [nothing-like-it, 3]}}
`;
  assert.deepEqual(complaints(withSpec(rules)), [
    "p.yaml:5:49: spec.rules.res-default.params.exceptLayers[1] names the layer dta, which spec.layers does not hold, did you mean data?",
    "p.yaml:6:55: spec.rules.net-service-exposure.params.entryComponents[0] names the component api-gatway, which spec.components does not hold, did you mean api-gateway?",
    "p.yaml:7:41: spec.rules.net-mtls.params.enforceLayers[0] names the layer nothing-like-it, which spec.layers does not hold",
    "p.yaml:7:58: spec.rules.net-mtls.params.enforceLayers[1] must be text, found 3",
  ]);
});

test("what the same file adds can be named, and defaults may name what it does not have", () => {
  const spec = `  layers: [{name: data, namespaces: [d]}, {name: edge, namespaces: [e]}]
  components: [{name: portal, layer: edge}]
  rules:
    net-host-access: {params: {enforceLayers: [edge]}}
    ha-db-operator-managed: {params: {components: [portal]}}
`;
  const text = withSpec(spec).replace("spec:", "extends: none\nmetadata: {name: own}\nspec:");
  assert.deepEqual(complaints(text), []);
});

test("a parameter that is called after layers or components says that it names them", () => {
  for (const { id, params } of RULES) {
    for (const [name, schema] of Object.entries(definitionOf(params).shape ?? {})) {
      const wanted = /layers$/i.test(name) ? layerName : componentName;
      if (!/(layers|components)$/i.test(name)) continue;
      assert.equal(definitionOf(schema).element, wanted, `${id}.${name}`);
    }
  }
});
