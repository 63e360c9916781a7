import assert from "node:assert/strict";
import { test } from "node:test";
import type { ClusterView } from "../../src/engine/cluster-view.ts";
import { evaluate } from "../../src/engine/evaluate.ts";
import { StaticView } from "../../src/engine/static-view.ts";
import type { JsonObject } from "../../src/kubernetes/json.ts";
import { rawObject, subjectOf, UNREADABLE } from "../support/builders.ts";
import {
  addingRule,
  badRule,
  environmentOf,
  fakeRule,
  finding,
  override,
} from "../support/fake-rules.ts";

function deployment(spec: JsonObject, namespace = "platform-application"): JsonObject {
  return rawObject("apps/v1", "Deployment", "api", { namespace, spec });
}

function modes(...parameters: Parameters<typeof evaluate>): string[] {
  return evaluate(...parameters).judgements.map(({ mode }) => mode);
}

test("evaluation applies the rule's own mode in a layer namespace", () => {
  assert.deepEqual(modes(environmentOf([badRule("r")]), subjectOf(deployment({ bad: "x" }))), [
    "enforce",
  ]);
});

test("evaluation caps rules at the unlayered mode outside the layers, but not those that hold everywhere", () => {
  const subject = subjectOf(deployment({ bad: "x" }, "elsewhere"));
  assert.deepEqual(modes(environmentOf([badRule("r")]), subject), ["audit"]);
  assert.deepEqual(modes(environmentOf([badRule("r", { everywhere: true })]), subject), [
    "enforce",
  ]);
});

test("evaluation judges an object in the scope of what it governs elsewhere", () => {
  const subject = subjectOf(deployment({ bad: "x" }, "elsewhere"));
  const governing = (layer: string | undefined) =>
    environmentOf([badRule("r", { governs: () => layer })]);
  assert.deepEqual(modes(governing("data"), subject), ["enforce"]);
  assert.deepEqual(modes(governing(undefined), subject), ["audit"]);
});

test("evaluation takes the layer from the namespace's label before the policy's list", () => {
  const labelled = (layer: string) =>
    new StaticView([
      rawObject("v1", "Namespace", "platform-application", {
        metadata: { labels: { "policy.keymate.io/layer": layer } },
      }),
    ]);
  const seen: unknown[] = [];
  const rule = fakeRule("r", {
    check({ layer }) {
      seen.push(layer);
      return [];
    },
  });
  const subject = subjectOf(deployment({}));
  evaluate(environmentOf([rule], { cluster: labelled("data") }), subject);
  evaluate(environmentOf([rule]), subject);
  assert.deepEqual(seen, ["data", "application"]);
});

test("evaluation takes the first override that matches namespace, rule and object", () => {
  const overrides = [
    override("audit", { namespaces: ["other"] }),
    override("warn", { rules: ["r*"], objects: ["Deployment/a*"], label: "overrides[1]" }),
    override("off"),
  ];
  const [judgement] = evaluate(
    environmentOf([badRule("rule")], { overrides }),
    subjectOf(deployment({ bad: "x" })),
  ).judgements;
  assert.equal(judgement?.mode, "warn");
  assert.equal(judgement?.exemptedBy, "overrides[1]");
});

test("evaluation ignores an override from the millisecond after its end", () => {
  const overrides = [override("warn", { until: 1_000 })];
  const subject = subjectOf(deployment({ bad: "x" }));
  assert.deepEqual(modes(environmentOf([badRule("r")], { overrides, now: 1_000 }), subject), [
    "warn",
  ]);
  assert.deepEqual(modes(environmentOf([badRule("r")], { overrides, now: 1_001 }), subject), [
    "enforce",
  ]);
});

test("evaluation still tells of a finding that an override silences, but not of one that nobody asked for", () => {
  const overrides = [override("off", { label: "overrides[0]" })];
  const subject = subjectOf(deployment({ bad: "x" }));
  const [silenced, ...more] = evaluate(
    environmentOf([badRule("r")], { overrides }),
    subject,
  ).judgements;
  assert.deepEqual([silenced?.mode, silenced?.exemptedBy], ["off", "overrides[0]"]);
  assert.deepEqual(more, []);
  assert.deepEqual(modes(environmentOf([badRule("r", { mode: "off" })]), subject), []);
  const unasked = badRule("r", { check: () => [finding("bad", { atMost: "off" })] });
  assert.deepEqual(modes(environmentOf([unasked], { overrides }), subject), []);
});

test("evaluation calls nothing exempted that a cap would weaken as much", () => {
  const environment = environmentOf([badRule("r")], { overrides: [override("warn")], cap: "warn" });
  const [judgement] = evaluate(environment, subjectOf(deployment({ bad: "x" }))).judgements;
  assert.deepEqual([judgement?.mode, judgement?.exemptedBy], ["warn", undefined]);
});

test("evaluation never lets an override lift a cap", () => {
  const environment = environmentOf([badRule("r", { mode: "warn" })], {
    overrides: [override("enforce")],
    cap: "warn",
  });
  assert.deepEqual(modes(environment, subjectOf(deployment({ bad: "x" }))), ["warn"]);
});

test("evaluation caps a finding at its own limit and leaves the others alone", () => {
  const rule = fakeRule("r", {
    check: () => [finding("a"), finding("b", { atMost: "warn" })],
  });
  assert.deepEqual(modes(environmentOf([rule]), subjectOf(deployment({}))), ["enforce", "warn"]);
});

test("evaluation is at most audit for what a controller made", () => {
  const subject = subjectOf(deployment({ bad: "x" }), { byController: true });
  assert.deepEqual(modes(environmentOf([badRule("r")]), subject), ["audit"]);
});

test("evaluation never denies while namespaces cannot be read, and says why", () => {
  const [judgement] = evaluate(
    environmentOf([badRule("r")], { cluster: UNREADABLE }),
    subjectOf(deployment({ bad: "x" })),
  ).judgements;
  assert.equal(judgement?.mode, "warn");
  assert.match(judgement?.notVerified ?? "", /Namespace is not synced/);
});

test("evaluation never denies by a rule whose kind cannot be read", () => {
  const cluster: ClusterView = {
    readability: (kind) => (kind === "LimitRange" ? "unreadable" : "readable"),
    reason: () => "no permission to list limitranges",
    get: () => undefined,
    list: () => [],
    byIndex: () => new Set<never>(),
    selecting: () => [],
  };
  const environment = environmentOf([badRule("a", { needs: ["LimitRange"] }), badRule("b")], {
    cluster,
  });
  assert.deepEqual(modes(environment, subjectOf(deployment({ bad: "x" }))), ["warn", "enforce"]);
});

test("a rule that throws becomes a fault and leaves the other rules their say", () => {
  const broken = fakeRule("broken", {
    check: () => {
      throw new Error("bug");
    },
  });
  const result = evaluate(
    environmentOf([broken, badRule("r")]),
    subjectOf(deployment({ bad: "x" })),
  );
  assert.deepEqual(
    result.faults.map(({ rule, mode }) => [rule.id, mode]),
    [["broken", "enforce"]],
  );
  assert.equal(result.judgements.length, 1);
});

test("evaluation stops between rules when the time is over", () => {
  let asked = 0;
  const environment = environmentOf([badRule("a"), badRule("b")], { expired: () => ++asked > 1 });
  const result = evaluate(environment, subjectOf(deployment({ bad: "x" })));
  assert.equal(result.incomplete, true);
  assert.equal(result.judgements.length, 1);
});

test("ratcheting lets the same sin pass and refuses another one", () => {
  const environment = environmentOf([badRule("r")]);
  const update = (bad: string) =>
    evaluate(
      environment,
      subjectOf(deployment({ bad, replicas: 2 }), {
        operation: "UPDATE",
        old: deployment({ bad: "old" }),
      }),
    ).judgements.map(({ preexisting }) => preexisting);
  assert.deepEqual(update("old"), [true]);
  assert.deepEqual(update("new"), [false]);
});

test("ratcheting compares magnitudes: better or equal is not new, worse is", () => {
  const rule = fakeRule("r", {
    *check({ object }) {
      const { size } = object.raw["spec"] as { size: number };
      yield finding("size", { key: "size", magnitude: size });
    },
  });
  const update = (size: number) =>
    evaluate(
      environmentOf([rule]),
      subjectOf(deployment({ size }), {
        operation: "UPDATE",
        old: deployment({ size: 5, other: true }),
      }),
    ).judgements[0]?.preexisting;
  assert.deepEqual([update(4), update(5), update(6)], [true, true, false]);
});

test("a rule without cluster state is not asked again when nothing that it reads has changed", () => {
  let asked = 0;
  const counting = (needs: string[]) =>
    fakeRule("r", {
      needs,
      check: () => {
        asked++;
        return [];
      },
    });
  const old = { ...deployment({ bad: "x" }), metadata: { name: "api", labels: {} } };
  const subject = subjectOf(deployment({ bad: "x" }), { operation: "UPDATE", old });
  evaluate(environmentOf([counting([])]), subject);
  assert.equal(asked, 0);
  evaluate(environmentOf([counting(["LimitRange"])]), subject);
  assert.equal(asked, 1);
});

test("a gap says what a mutating rule adds, and whether it is in force", () => {
  const gapRule = fakeRule("gap", { check: () => [finding("fill", { gap: true })] });
  const would = (mode: "enforce" | "warn") =>
    evaluate(environmentOf([addingRule("add", "fill", { mode }), gapRule]), {
      ...subjectOf(deployment({})),
      door: "check",
    }).judgements[0]?.wouldAdd;
  assert.deepEqual(would("enforce"), { value: "added", enforced: true });
  assert.deepEqual(would("warn"), { value: "added", enforced: false });
});

test("a gap that would be filled, could everything be read, is no reason to deny", () => {
  const cluster: ClusterView = {
    readability: (kind) => (kind === "LimitRange" ? "unreadable" : "readable"),
    reason: () => "not synced",
    get: () => undefined,
    list: () => [],
    byIndex: () => new Set<never>(),
    selecting: () => [],
  };
  const gapRule = fakeRule("gap", { check: () => [finding("fill", { gap: true })] });
  const rules = [addingRule("add", "fill", { needs: ["LimitRange"] }), gapRule];
  const [judgement] = evaluate(
    environmentOf(rules, { cluster }),
    subjectOf(deployment({})),
  ).judgements;
  assert.equal(judgement?.mode, "warn");
  assert.equal(judgement?.notVerified, "not synced");
});

test("a gap is still found when the rule that would fill it throws", () => {
  const broken = fakeRule("add", {
    mutate: () => {
      throw new Error("bug");
    },
  });
  const gapRule = fakeRule("gap", { check: () => [finding("fill", { gap: true })] });
  assert.deepEqual(modes(environmentOf([broken, gapRule]), subjectOf(deployment({}))), ["enforce"]);
});

test("evaluation holds as many findings of one rule as an object of 3 MiB can bring about", () => {
  const many = Array.from({ length: 300_000 }, (_, index) => finding(String(index)));
  const rule = fakeRule("r", { check: () => many });
  const result = evaluate(environmentOf([rule]), subjectOf(deployment({})));
  assert.deepEqual(result.faults, []);
  assert.equal(result.judgements.length, many.length);
});
