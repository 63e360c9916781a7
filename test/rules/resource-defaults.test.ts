import assert from "node:assert/strict";
import { suite, test } from "node:test";
import fc from "fast-check";
import { evaluate } from "../../src/engine/evaluate.ts";
import { planMutation } from "../../src/engine/mutate.ts";
import { applyOperations } from "../../src/engine/patch.ts";
import { StaticView } from "../../src/engine/static-view.ts";
import type { JsonObject } from "../../src/kubernetes/json.ts";
import { subjectOf } from "../support/builders.ts";
import { policyWith } from "../support/policy.ts";

const NAMESPACE = "platform-application";

const cpus = fc.constantFrom("100m", "500m", "1", "2", "4", 1, 0.5, "0");
const memories = fc.constantFrom("64Mi", "512Mi", "1Gi", "2048Mi", "3Gi", "1.5Gi", "0");

/** Any subset of the keys. */
function listOf(): fc.Arbitrary<JsonObject> {
  return fc.record({ cpu: cpus, memory: memories }, { requiredKeys: [] });
}

const resources = fc.record({ requests: listOf(), limits: listOf() }, { requiredKeys: [] });

const containers = fc.uniqueArray(
  fc.record({ name: fc.constantFrom("api", "web", "job"), resources }, { requiredKeys: ["name"] }),
  { minLength: 1, maxLength: 3, selector: ({ name }) => name },
);

const limitRangeItem = fc.record(
  {
    min: fc.record({ cpu: fc.constant("100m"), memory: fc.constant("64Mi") }, { requiredKeys: [] }),
    max: fc.record({ cpu: fc.constant("3"), memory: fc.constant("3Gi") }, { requiredKeys: [] }),
    maxLimitRequestRatio: fc.record(
      { cpu: fc.constantFrom(1, 2, "3500m"), memory: fc.constantFrom(1, 3) },
      { requiredKeys: [] },
    ),
    defaultRequest: fc.record({ memory: fc.constant("128Mi") }, { requiredKeys: [] }),
  },
  { requiredKeys: [] },
);

function deployment(list: readonly JsonObject[]): JsonObject {
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "api", namespace: NAMESPACE },
    spec: { template: { metadata: { labels: { app: "api" } }, spec: { containers: list } } },
  };
}

function limitRange(name: string, item: JsonObject): JsonObject {
  return {
    apiVersion: "v1",
    kind: "LimitRange",
    metadata: { name, namespace: NAMESPACE },
    spec: { limits: [{ type: "Container", ...item }] },
  };
}

const scenario = fc.record({
  list: containers,
  old: fc.option(containers, { nil: undefined }),
  items: fc.array(limitRangeItem, { maxLength: 2 }),
});

interface Outcome {
  readonly before: readonly string[];
  readonly after: readonly string[];
  readonly patched: JsonObject;
}

function play(list: readonly JsonObject[], old: JsonObject[] | undefined, items: JsonObject[]) {
  const view = new StaticView(items.map((item, index) => limitRange(`r${index}`, item)));
  const environment = { policy: policyWith(), cluster: view, now: 0 };
  const before = old === undefined ? undefined : deployment(old);
  const operation = before === undefined ? "CREATE" : "UPDATE";
  const subject = (object: JsonObject) =>
    subjectOf(object, { operation, ...(before && { old: before }) });
  // At the check door the guard says itself what the API server would refuse.
  const findings = (object: JsonObject) =>
    evaluate(environment, { ...subject(object), door: "check" }).judgements.map(
      ({ rule, finding }) => `${rule.id}: ${finding.message}`,
    );
  const object = deployment(list);
  const plan = planMutation(environment, subject(object));
  assert.equal(plan.fault, undefined);
  const patched = applyOperations(object, plan.patch);
  assert.deepEqual(planMutation(environment, subject(patched)).patch, []);
  return { before: findings(object), after: findings(patched), patched } satisfies Outcome;
}

function count(findings: readonly string[], rule: string): number {
  return findings.filter((finding) => finding.startsWith(`${rule}:`)).length;
}

suite("filling in resources", () => {
  test("is complete and refused by nothing, without LimitRanges and zeros", () => {
    fc.assert(
      fc.property(containers, (list) => {
        const { before, after } = play(list, undefined, []);
        const hasZero = count(before, "res-zero") > 0;
        if (!hasZero) assert.equal(count(after, "res-requests-required"), 0);
        if (!hasZero) assert.equal(count(after, "res-limits-required"), 0);
      }),
    );
  });

  test("never makes a fault of its own, whatever was written, before and in LimitRanges", () => {
    fc.assert(
      fc.property(scenario, ({ list, old, items }) => {
        const { before, after } = play(list, old, items);
        assert.ok(count(after, "res-zero") <= count(before, "res-zero"));
        const exceeding = count(after, "res-request-exceeds-limit");
        assert.ok(exceeding <= count(before, "res-request-exceeds-limit"));
        const conflicts = count(after, "res-limitrange-conflict");
        assert.ok(conflicts <= count(before, "res-limitrange-conflict"), after.join("\n"));
      }),
      { numRuns: 300 },
    );
  });

  test("keeps every written value", () => {
    fc.assert(
      fc.property(scenario, ({ list, old, items }) => {
        const { patched } = play(list, old, items);
        const after = (patched as ReturnType<typeof deployment> & PodLike).spec.template.spec;
        for (const [index, container] of (list as ContainerLike[]).entries()) {
          for (const key of ["requests", "limits"] as const) {
            const written = container.resources?.[key] ?? {};
            const now = after.containers[index]?.resources?.[key] ?? {};
            for (const [name, value] of Object.entries(written)) assert.equal(now[name], value);
          }
        }
      }),
    );
  });
});

/** Nonsense in the places that the rules look at. */
const nonsense = fc.oneof(fc.jsonValue(), fc.constantFrom("1K", "-1", "1e400", "9".repeat(300)));

const oddResources = fc.record(
  {
    requests: fc.oneof(nonsense, fc.record({ cpu: nonsense, memory: nonsense })),
    limits: fc.oneof(nonsense, fc.record({ cpu: nonsense, memory: nonsense })),
  },
  { requiredKeys: [] },
);

const oddContainer = fc.record(
  { name: nonsense, restartPolicy: nonsense, resources: fc.oneof(nonsense, oddResources) },
  { requiredKeys: [] },
);

test("an old container is looked up by its name, not searched for by each new one", () => {
  const count = 2_000;
  let reads = 0;
  const many = (image: string) =>
    deployment(
      Array.from({ length: count }, (_, index) => ({
        get name() {
          reads++;
          return `c${index}`;
        },
        image,
      })),
    );
  const environment = { policy: policyWith(), cluster: new StaticView([]), now: 0 };
  const subject = subjectOf(many("app:1.1"), { operation: "UPDATE", old: many("app:1.0") });
  assert.equal(planMutation(environment, subject).fault, undefined);
  // A search for each would read millions of names.
  assert.ok(reads < 50 * count, `${reads} names read`);
});

suite("odd objects", () => {
  test("make no resource rule throw and no patch that does not apply", () => {
    const lists = fc.oneof(nonsense, fc.array(fc.oneof(nonsense, oddContainer)));
    const specs = fc.record({ containers: lists, initContainers: lists, resources: oddResources });
    fc.assert(
      fc.property(specs, limitRangeItem, nonsense, (spec, item, odd) => {
        const template = { spec };
        const object = { ...deployment([]), spec: { template } };
        const ranges = [limitRange("r0", item), limitRange("r1", { max: odd, default: odd })];
        const environment = { policy: policyWith(), cluster: new StaticView(ranges), now: 0 };
        for (const kind of ["Deployment", "LimitRange"]) {
          const subject = { ...subjectOf({ ...object, kind }), door: "check" as const };
          assert.deepEqual(evaluate(environment, subject).faults, []);
          assert.equal(planMutation(environment, subject).fault, undefined);
        }
      }),
      { numRuns: 300 },
    );
  });
});

interface ContainerLike {
  readonly resources?: { readonly [list: string]: { readonly [name: string]: unknown } };
}

interface PodLike {
  readonly spec: { readonly template: { readonly spec: { readonly containers: ContainerLike[] } } };
}
