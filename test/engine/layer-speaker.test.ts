import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { evaluate } from "../../src/engine/evaluate.ts";
import { oncePerPass } from "../../src/engine/once.ts";
import { StaticView } from "../../src/engine/static-view.ts";
import type { GroupKind } from "../../src/kubernetes/kinds.ts";
import { rawObject, subjectOf } from "../support/builders.ts";
import { policyWith } from "../support/policy.ts";

function namespace(name: string, layer?: string) {
  const labels = layer === undefined ? {} : { "policy.keymate.io/layer": layer };
  return rawObject("v1", "Namespace", name, { metadata: { labels } });
}

class CountingView extends StaticView {
  walks = 0;

  override list(kind: GroupKind, inside?: string) {
    if (kind === "Namespace") this.walks++;
    return super.list(kind, inside);
  }
}

/** Namespaces of which the audit says that no alert drill is noted. */
function speakers(objects: ReturnType<typeof namespace>[], isPass = true) {
  const cluster = new CountingView(objects);
  const environment = { policy: policyWith(), cluster, now: 0 };
  const whole = isPass ? { ...environment, once: oncePerPass() } : environment;
  const names = objects.filter((object) =>
    evaluate(whole, subjectOf(object, { door: "audit" })).judgements.some(
      ({ rule }) => rule.id === "mon-drill",
    ),
  );
  const shown = names.map((object) => (object["metadata"] as { name: string }).name);
  return { shown, walks: cluster.walks };
}

suite("what holds for a layer as a whole", () => {
  test("is said of its first namespace by name, whatever their order", () => {
    const objects = ["telemetry", "alerts", "logs"].map((name) => namespace(name, "observability"));
    assert.deepEqual(speakers([...objects, namespace("db", "data")]).shown, ["alerts"]);
  });

  test("is said of the highest layer that has a namespace, where the layer has none", () => {
    const objects = [namespace("db", "data"), namespace("iam", "application"), namespace("team-a")];
    assert.deepEqual(speakers(objects).shown, ["iam"]);
  });

  test("is not said where no namespace has a layer", () => {
    assert.deepEqual(speakers([namespace("team-a"), namespace("team-b")]).shown, []);
  });

  test("takes one walk over the namespaces in a pass, and says the same without one", () => {
    const objects = Array.from({ length: 200 }, (_, index) => namespace(`ns-${index}`, "data"));
    const pass = speakers(objects);
    assert.deepEqual(pass.shown, speakers(objects, false).shown);
    assert.equal(pass.walks, 1);
  });
});
