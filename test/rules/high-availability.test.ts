import assert from "node:assert/strict";
import { suite, test } from "node:test";
import fc from "fast-check";
import { parse } from "yaml";
import type { ClusterView } from "../../src/engine/cluster-view.ts";
import { evaluate } from "../../src/engine/evaluate.ts";
import { messageOf } from "../../src/engine/render.ts";
import { StaticView } from "../../src/engine/static-view.ts";
import { Judged, type Subject } from "../../src/engine/subject.ts";
import type { JsonObject } from "../../src/kubernetes/json.ts";
import { mustBeObject, rawObject, subjectOf, UNREADABLE } from "../support/builders.ts";
import { environmentOf, fixturesOf, subjectOfFixture } from "../support/fixtures.ts";
import { policyWith } from "../support/policy.ts";

const namespace = "platform-application";

function deployment(replicas: unknown, rest: object = {}): JsonObject {
  const labels = { app: "idp" };
  return rawObject("apps/v1", "Deployment", "idp", {
    namespace,
    metadata: { labels: { "policy.keymate.io/component": "identity-provider" } },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: "idp", image: "idp:1" }] } },
      ...rest,
    },
  });
}

function scale(replicas: number): JsonObject {
  const spec = replicas === 0 ? {} : { replicas };
  return rawObject("autoscaling/v1", "Scale", "idp", { namespace, spec });
}

function hpa(spec: object): JsonObject {
  const scaleTargetRef = { apiVersion: "apps/v1", kind: "Deployment", name: "idp" };
  const whole = { scaleTargetRef, maxReplicas: 9, ...spec };
  return rawObject("autoscaling/v2", "HorizontalPodAutoscaler", "idp", { namespace, spec: whole });
}

function scaledObject(spec: object, annotations: object = {}): JsonObject {
  return rawObject("keda.sh/v1alpha1", "ScaledObject", "idp", {
    namespace,
    metadata: { annotations },
    spec: { scaleTargetRef: { name: "idp" }, ...spec },
  });
}

function budget(spec: object): JsonObject {
  return rawObject("policy/v1", "PodDisruptionBudget", "idp", { namespace, spec });
}

function ofDeployment(subject: Subject): Subject {
  const kind = "Deployment.apps";
  const { object, old } = subject;
  const scaled = { object: new Judged(kind, object.raw), old: old && new Judged(kind, old.raw) };
  return { ...subject, ...scaled, kind };
}

/** What the rules of the practice say, as far as a Scale and its parent can agree on it. */
function verdicts(cluster: ClusterView, subject: Subject, ids = /^(ha|pdb)-/): string[] {
  const { judgements, faults } = evaluate({ policy: policyWith(), cluster, now: 0 }, subject);
  assert.deepEqual(faults, []);
  return judgements
    .filter(({ rule }) => ids.test(rule.id))
    .map((one) => `${one.mode} ${one.preexisting} ${one.rule.id}: ${messageOf(one)}`)
    .sort();
}

test("scaling is judged like writing the same number of replicas", () => {
  const count = fc.integer({ min: 0, max: 4 });
  const autoscalers = fc.oneof(
    fc.constant([]),
    count.map((minReplicas) => [hpa({ minReplicas })]),
    count.map((minReplicaCount) => [scaledObject({ minReplicaCount })]),
  );
  const budgets = fc.oneof(
    fc.constant([]),
    count.map((minAvailable) => [
      budget({ minAvailable, selector: { matchLabels: { app: "idp" } } }),
    ]),
  );
  fc.assert(
    fc.property(count, count, autoscalers, budgets, (from, to, scalers, pdbs) => {
      const cluster = new StaticView([deployment(from), ...scalers, ...pdbs]);
      const old = deployment(from);
      const written = subjectOf(deployment(to), { operation: "UPDATE", old });
      const scaled = subjectOf(scale(to), {
        operation: "UPDATE",
        subresource: "scale",
        old: scale(from),
      });
      const ids = /^(ha-min-replicas|ha-scale-to-zero|pdb-blocks-eviction)$/;
      assert.deepEqual(
        verdicts(cluster, ofDeployment(scaled), ids),
        verdicts(cluster, written, ids),
      );
    }),
    { numRuns: 300 },
  );
});

suite("the budget that pdb-required prints", () => {
  // Files cannot be looked up by a name that is not generated yet.
  const fixtures = fixturesOf("pdb-required").filter(
    ({ kind, name }) => kind === "deny" && name !== "deny.generated-name",
  );
  for (const fixture of fixtures) {
    test(`is one that nothing can be said against: ${fixture.name}`, () => {
      const environment = environmentOf(fixture);
      const subject = { ...subjectOfFixture(fixture), old: undefined };
      const [finding] = evaluate(environment, subject).judgements.filter(
        ({ rule }) => rule.id === "pdb-required",
      );
      assert.ok(finding);
      const printed = mustBeObject(parse(finding.finding.fix.replace("apply ", "")), "the fix");
      const others = fixture.documents.filter(({ kind }) => kind !== "PodDisruptionBudget");
      const cluster = new StaticView([...others, printed]);
      assert.deepEqual(verdicts(cluster, { ...subject, door: "check" }, /^pdb-required$/), []);
      assert.deepEqual(verdicts(cluster, subjectOf(printed, { door: "check" }), /^pdb-/), []);
    });
  }
});

suite("where the cluster cannot be read", () => {
  test("too few replicas only warn: there may be an autoscaler", () => {
    const [finding = "", ...others] = verdicts(UNREADABLE, subjectOf(deployment(1)), /^ha-min/);
    assert.match(finding, /^warn .*not verified/);
    assert.deepEqual(others, []);
  });

  test("nothing is said about a Scale, whose parent is not known", () => {
    const settings = { operation: "UPDATE", subresource: "scale", old: scale(3) } as const;
    assert.deepEqual(verdicts(UNREADABLE, ofDeployment(subjectOf(scale(1), settings))), []);
  });

  test("a budget that allows nothing only warns", () => {
    const findings = verdicts(UNREADABLE, subjectOf(budget({ maxUnavailable: 0, selector: {} })));
    assert.equal(findings.length, 1);
    assert.match(findings.join(), /^warn .*pdb-blocks-eviction.*not verified/);
  });

  test("a missing KEDA is no reason to doubt", () => {
    const findings = verdicts(new StaticView([]), subjectOf(deployment(1)), /^ha-min/);
    assert.match(findings.join(), /^enforce /);
  });
});

test("odd objects make no rule of the practice throw", () => {
  const odd = fc.oneof(fc.jsonValue(), fc.constantFrom(-1, "1", "1%", 1e300, null));
  const parts = fc.record(
    {
      replicas: odd,
      selector: odd,
      strategy: odd,
      template: odd,
      minReplicas: odd,
      minAvailable: odd,
      maxUnavailable: odd,
      scaleTargetRef: odd,
      instances: odd,
      postgresql: odd,
      inheritedMetadata: odd,
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(parts, parts, odd, (one, other, metadata) => {
      const objects = [
        deployment(1, one),
        hpa(one),
        scaledObject(one, { "autoscaling.keda.sh/paused": metadata }),
        budget({ selector: {}, ...other }),
        rawObject("policy/v1", "PodDisruptionBudget", "b", { namespace, spec: one }),
        rawObject("postgresql.cnpg.io/v1", "Cluster", "pg", { namespace, spec: one }),
        rawObject("v1", "Pod", "p", { namespace, metadata: { labels: metadata } }),
      ];
      const cluster = new StaticView(objects);
      for (const raw of objects) {
        for (const operation of ["CREATE", "UPDATE", "DELETE"] as const) {
          const old = operation === "UPDATE" ? { ...raw, spec: other } : undefined;
          verdicts(cluster, subjectOf(raw, { operation, ...(old && { old }) }));
        }
      }
    }),
    { numRuns: 200 },
  );
});
