import assert from "node:assert/strict";
import { suite, test } from "node:test";
import fc from "fast-check";
import { isSpread } from "../../src/kubernetes/scheduling.ts";
import { podTemplateOf } from "../../src/kubernetes/workload.ts";

const OWN = { labelSelector: { matchLabels: { app: "idp" } } };
const HOST = { topologyKey: "kubernetes.io/hostname" };

function spread(spec: unknown, place: object = {}): boolean {
  const template = podTemplateOf("Deployment.apps", {
    spec: { template: { metadata: { labels: { app: "idp", rev: "1" } }, spec } },
  });
  assert.ok(template);
  return isSpread(template, {
    namespace: "iam",
    namespaceLabels: { team: "a" },
    replicas: 2,
    ...place,
  });
}

function constraint(part: object, place?: object): boolean {
  return spread({ topologySpreadConstraints: [part] }, place);
}

function required(term: object): boolean {
  const key = "requiredDuringSchedulingIgnoredDuringExecution";
  return spread({ affinity: { podAntiAffinity: { [key]: [term] } } });
}

suite("Pods are spread", () => {
  test("by a topology spread constraint on their own labels", () => {
    assert.ok(constraint({ maxSkew: 1, ...HOST, ...OWN }));
    assert.ok(constraint({ ...HOST, ...OWN }));
    assert.ok(!constraint({ maxSkew: 1, ...OWN }));
    assert.ok(!constraint({ maxSkew: 1, ...HOST }));
    assert.ok(constraint({ maxSkew: 1, ...HOST, labelSelector: {} }));
    assert.ok(!constraint({ maxSkew: 1, ...HOST, labelSelector: { matchLabels: { app: "x" } } }));
  });

  test("only by a skew smaller than the number of replicas", () => {
    assert.ok(!constraint({ maxSkew: 2, ...HOST, ...OWN }));
    assert.ok(constraint({ maxSkew: 2, ...HOST, ...OWN }, { replicas: 3 }));
  });

  test("by anti-affinity in their own namespace", () => {
    assert.ok(required({ ...HOST, ...OWN }));
    assert.ok(required({ ...HOST, ...OWN, namespaces: ["iam", "x"] }));
    assert.ok(!required({ ...HOST, ...OWN, namespaces: ["x"] }));
    assert.ok(required({ ...HOST, ...OWN, namespaces: ["x"], namespaceSelector: {} }));
    assert.ok(required({ ...HOST, ...OWN, namespaceSelector: { matchLabels: { team: "a" } } }));
    assert.ok(!required({ ...HOST, ...OWN, namespaceSelector: { matchLabels: { team: "b" } } }));
    const byName = { matchLabels: { "kubernetes.io/metadata.name": "iam" } };
    assert.ok(required({ ...HOST, ...OWN, namespaceSelector: byName }));
  });

  test("not by keeping away from Pods with another value than their own", () => {
    assert.ok(!required({ ...HOST, ...OWN, mismatchLabelKeys: ["rev"] }));
    assert.ok(required({ ...HOST, ...OWN, mismatchLabelKeys: ["absent"] }));
  });

  test("not by affinity to each other", () => {
    const key = "requiredDuringSchedulingIgnoredDuringExecution";
    assert.ok(!spread({ affinity: { podAffinity: { [key]: [{ ...HOST, ...OWN }] } } }));
  });

  test("or not, whatever the template holds", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (one, other) => {
        assert.equal(typeof spread({ affinity: one, topologySpreadConstraints: other }), "boolean");
        assert.equal(typeof spread({ topologySpreadConstraints: [one, other] }), "boolean");
        assert.equal(
          typeof required({ labelSelector: one, namespaces: other, ...HOST }),
          "boolean",
        );
      }),
    );
  });
});
