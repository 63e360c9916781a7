import assert from "node:assert/strict";
import { suite, test } from "node:test";
import fc from "fast-check";
import { ObjectStore } from "../../src/adapters/kube/object-store.ts";
import type { ClusterView } from "../../src/engine/cluster-view.ts";
import { ObjectIndex } from "../../src/engine/object-index.ts";
import { selectedBy, servicesLabelled } from "../../src/engine/pod-labels.ts";
import { StaticView } from "../../src/engine/static-view.ts";
import { labelKey, podSelectorOf, scaleTargetKey } from "../../src/kubernetes/indexes.ts";
import type { JsonObject } from "../../src/kubernetes/json.ts";
import { nameOf, namespaceOf } from "../../src/kubernetes/object.ts";
import { selects } from "../../src/kubernetes/selector.ts";
import { rawObject, UNREADABLE } from "../support/builders.ts";

const labels = fc.dictionary(
  fc.constantFrom("app", "tier", "toString"),
  fc.constantFrom("a", "b"),
  {
    maxKeys: 3,
  },
);

const expression = fc.record({
  key: fc.constantFrom("app", "tier"),
  operator: fc.constantFrom("In", "NotIn", "Exists", "DoesNotExist"),
  values: fc.uniqueArray(fc.constantFrom("a", "b"), { maxLength: 2 }),
});

const selector = fc.oneof(
  fc.constant(null),
  fc.record(
    { matchLabels: labels, matchExpressions: fc.array(expression, { maxLength: 1 }) },
    {
      requiredKeys: [],
    },
  ),
);

const place = fc.record({
  name: fc.constantFrom("x", "y", "z"),
  namespace: fc.constantFrom("m", "n"),
});

const budget = fc
  .tuple(place, selector)
  .map(([{ name, namespace }, chosen]) =>
    rawObject("policy/v1", "PodDisruptionBudget", name, { namespace, spec: { selector: chosen } }),
  );

const deployment = fc.tuple(place, labels).map(([{ name, namespace }, chosen]) =>
  rawObject("apps/v1", "Deployment", name, {
    namespace,
    spec: { template: { metadata: { labels: chosen }, spec: {} } },
  }),
);

type Step = { readonly isSet: boolean; readonly object: JsonObject };

function steps(object: fc.Arbitrary<JsonObject>): fc.Arbitrary<readonly Step[]> {
  return fc.array(fc.record({ isSet: fc.boolean(), object }), { maxLength: 20 });
}

/** The store after the steps, with its index, and a view of what is left. */
function play(kind: string, list: readonly Step[]) {
  const index = new ObjectIndex(kind);
  const store = new ObjectStore(() => {}, index);
  for (const { isSet, object } of list) {
    if (isSet) store.set(object);
    else store.delete(object);
  }
  const left = [...store.all()];
  return { index, left, view: new StaticView(left) };
}

function shown(objects: Iterable<JsonObject>): string[] {
  return [...objects].map((object) => `${namespaceOf(object)}/${nameOf(object)}`).sort();
}

suite("an index", () => {
  test("finds the selectors that a walk finds, whatever came and went", () => {
    const kind = "PodDisruptionBudget.policy";
    fc.assert(
      fc.property(steps(budget), labels, (list, wanted) => {
        const { index, left, view } = play(kind, list);
        const walked = left.filter(
          (object) => namespaceOf(object) === "n" && selects(podSelectorOf(kind, object), wanted),
        );
        assert.deepEqual(shown(index.selecting("n", wanted)), shown(walked));
        assert.deepEqual(shown(view.selecting(kind, "n", wanted)), shown(walked));
      }),
    );
  });

  test("finds the Pods that a walk finds, whatever came and went", () => {
    const kind = "Deployment.apps";
    fc.assert(
      fc.property(steps(deployment), selector, (list, chosen) => {
        const { index, left, view } = play(kind, list);
        const labelsOf = (object: JsonObject) =>
          (object["spec"] as { template: { metadata: { labels: JsonObject } } }).template.metadata
            .labels;
        const walked = left.filter(
          (object) => namespaceOf(object) === "m" && selects(chosen, labelsOf(object)),
        );
        const live: ClusterView = {
          ...UNREADABLE,
          list: (_, namespace) => left.filter((object) => namespaceOf(object) === namespace),
          byIndex: (_, name, key) => index.get(name, key),
        };
        assert.deepEqual(shown(selectedBy(view, kind, "m", chosen)), shown(walked));
        assert.deepEqual(shown(selectedBy(live, kind, "m", chosen)), shown(walked));
      }),
    );
  });

  test("is empty when everything is gone", () => {
    fc.assert(
      fc.property(steps(deployment), (list) => {
        const { index, left } = play("Deployment.apps", list);
        const store = new ObjectStore(() => {}, index);
        store.replace(left);
        for (const object of left) index.remove(namespaceOf(object) ?? "", object);
        for (const namespace of ["m", "n"]) {
          assert.equal(index.get("pod-label", labelKey(namespace, "app", "a")).size, 0);
        }
      }),
    );
  });

  test("tells autoscalers by the kind of their target", () => {
    const hpa = (name: string, kind: string) =>
      rawObject("autoscaling/v2", "HorizontalPodAutoscaler", name, {
        namespace: "n",
        spec: { scaleTargetRef: { apiVersion: "apps/v1", kind, name: "api" } },
      });
    const view = new StaticView([hpa("a", "Deployment"), hpa("b", "StatefulSet")]);
    const kind = "HorizontalPodAutoscaler.autoscaling";
    const found = view.byIndex(
      kind,
      "scale-target",
      scaleTargetKey("n", "StatefulSet.apps", "api"),
    );
    assert.deepEqual(shown(found), ["n/b"]);
  });

  test("finds Services by labels of their own, not by those that they select", () => {
    const service = (name: string, own: string, selected: string) =>
      rawObject("v1", "Service", name, {
        namespace: "n",
        metadata: { labels: { app: own } },
        spec: { selector: { app: selected } },
      });
    const view = new StaticView([service("a", "x", "y"), service("b", "y", "x")]);
    const selected = (selector: object) => shown(servicesLabelled(view, "n", selector));
    assert.deepEqual(selected({ matchLabels: { app: "x" } }), ["n/a"]);
    assert.deepEqual(selected({ matchExpressions: [{ key: "app", operator: "Exists" }] }), [
      "n/a",
      "n/b",
    ]);
  });

  test("says so when it does not hold a kind", () => {
    const view = new StaticView([]);
    assert.throws(() => view.byIndex("Pod", "owner", "x"), /index owner does not hold Pod/);
    assert.throws(() => [...view.selecting("Pod", "n", {})], /Pod selects no Pods/);
  });

  test("survives labels of odd shape", () => {
    const odd = { toString: 1, valueOf: 1, app: { toString: 1 }, tier: null };
    const objects = [
      rawObject("v1", "Pod", "odd", { namespace: "n", metadata: { labels: odd } }),
      rawObject("policy/v1", "PodDisruptionBudget", "odd", {
        namespace: "n",
        spec: { selector: { matchLabels: odd } },
      }),
    ];
    const view = new StaticView(objects);
    assert.deepEqual([...selectedBy(view, "Pod", "n", { matchLabels: odd })], []);
    assert.deepEqual([...view.selecting("PodDisruptionBudget.policy", "n", odd)], []);
  });
});
