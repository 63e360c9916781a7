import assert from "node:assert/strict";
import { suite, test } from "node:test";
import fc from "fast-check";
import {
  type Budget,
  budgetOf,
  budgetText,
  desiredHealthy,
  headroom,
  isNeverEvicting,
  isNeverProtecting,
} from "../../src/kubernetes/disruption.ts";
import { podGroupsOf } from "../../src/kubernetes/disruption-pods.ts";
import { rollingUpdateOf, unavailableInUpdate } from "../../src/kubernetes/disruption-rollout.ts";
import { parseIntOrPercent, scaledValue } from "../../src/kubernetes/int-or-percent.ts";

type Field = "minAvailable" | "maxUnavailable";

const field = fc.constantFrom<Field>("minAvailable", "maxUnavailable");
const amount = fc.record({ value: fc.nat({ max: 120 }), isPercent: fc.boolean() });
const pods = fc.integer({ min: 1, max: 400 });

function written({ value, isPercent }: { value: number; isPercent: boolean }): number | string {
  return isPercent ? `${Math.min(value, 100)}%` : value;
}

function pdb(spec: object): { spec: object } {
  return { spec };
}

/** Evicts Pods one by one as long as the promise holds, by cross-multiplied whole numbers only. */
function evictions(name: Field, amount: { value: number; isPercent: boolean }, total: number) {
  const value = amount.isPercent ? Math.min(amount.value, 100) : amount.value;
  const unit = amount.isPercent ? 100 : 1;
  const limit = amount.isPercent ? value * total : value;
  let gone = 0;
  while (gone < total) {
    const mayGo =
      name === "minAvailable" ? (total - gone - 1) * unit >= limit : gone * unit < limit;
    if (!mayGo) break;
    gone++;
  }
  return gone;
}

suite("a PodDisruptionBudget", () => {
  test("allows as many evictions as going one by one finds", () => {
    fc.assert(
      fc.property(field, amount, pods, (name, one, total) => {
        const budget = budgetOf(pdb({ [name]: written(one) }));
        assert.equal(Math.max(0, headroom(budget, total)), evictions(name, one, total));
      }),
      { numRuns: 2000 },
    );
  });

  test("is called never evicting exactly when no number of Pods has room", () => {
    const counts = Array.from({ length: 300 }, (_, index) => index + 1);
    fc.assert(
      fc.property(field, amount, (name, one) => {
        const budget = budgetOf(pdb({ [name]: written(one) }));
        assert.equal(
          isNeverEvicting(budget),
          counts.every((n) => headroom(budget, n) <= 0),
        );
        assert.equal(
          isNeverProtecting(budget),
          counts.every((n) => desiredHealthy(budget, n) === 0),
        );
      }),
    );
  });

  test("without any field allows nothing", () => {
    for (const spec of [{}, { minAvailable: null }, undefined]) {
      const budget = budgetOf({ spec });
      assert.equal(budget.form, "neither");
      assert.ok(isNeverEvicting(budget));
      assert.equal(headroom(budget, 7), 0);
    }
  });

  test("rounds both percentages up", () => {
    const of = (spec: object, total: number) => desiredHealthy(budgetOf(pdb(spec)), total);
    assert.equal(of({ minAvailable: "51%" }, 2), 2);
    assert.equal(of({ minAvailable: "50%" }, 3), 2);
    assert.equal(of({ maxUnavailable: "51%" }, 2), 0);
    assert.equal(of({ maxUnavailable: "1%" }, 100), 99);
    assert.equal(of({ maxUnavailable: 9 }, 2), 0);
  });

  test("is invalid with both fields, numbers in quotes and odd percentages", () => {
    const invalid = [
      { minAvailable: 1, maxUnavailable: 1 },
      { minAvailable: "1" },
      { minAvailable: "1.5%" },
      { minAvailable: "-1%" },
      { minAvailable: " 1%" },
      { maxUnavailable: "101%" },
      { maxUnavailable: -1 },
      { maxUnavailable: 1.5 },
      { maxUnavailable: true },
      { maxUnavailable: "" },
    ];
    for (const spec of invalid) {
      assert.equal(budgetOf(pdb(spec)).form, "invalid", JSON.stringify(spec));
    }
  });

  test("is shown as it was written", () => {
    const shown = (spec: object) => budgetText(budgetOf(pdb(spec)) satisfies Budget);
    assert.equal(shown({ minAvailable: "051%" }), "minAvailable 51%");
    assert.equal(shown({ maxUnavailable: 0 }), "maxUnavailable 0");
  });
});

suite("counts and percentages", () => {
  test("round as asked, exactly", () => {
    fc.assert(
      fc.property(fc.nat({ max: 100 }), fc.nat({ max: 10_000 }), (value, total) => {
        const percent = { value, isPercent: true };
        const up = scaledValue(percent, total, "up");
        const down = scaledValue(percent, total, "down");
        assert.ok(up * 100 >= value * total && (up - 1) * 100 < value * total);
        assert.ok(down * 100 <= value * total && (down + 1) * 100 > value * total);
      }),
    );
  });

  test("are read whatever they are", () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        const parsed = parseIntOrPercent(value);
        if (parsed !== undefined) assert.ok(Number.isInteger(parsed.value) && parsed.value >= 0);
      }),
    );
  });
});

suite("a rolling update", () => {
  const unavailable = (strategy: object | undefined, replicas: number) => {
    const update = rollingUpdateOf({ spec: { strategy } });
    return update && unavailableInUpdate(update, replicas);
  };

  test("takes a quarter by default, rounded down", () => {
    assert.equal(unavailable(undefined, 2), 0);
    assert.equal(unavailable({ type: "RollingUpdate", rollingUpdate: null }, 8), 2);
  });

  test("takes one where neither surge nor unavailability would let it move", () => {
    const nothing = { rollingUpdate: { maxUnavailable: "25%", maxSurge: 0 } };
    assert.equal(unavailable(nothing, 1), 1);
    assert.equal(unavailable(nothing, 3), 1);
    assert.equal(unavailable({ rollingUpdate: { maxUnavailable: 0, maxSurge: "1%" } }, 1), 0);
  });

  test("never takes more than there are, and has no figures for Recreate", () => {
    assert.equal(unavailable({ rollingUpdate: { maxUnavailable: 9 } }, 2), 2);
    assert.equal(unavailable({ type: "Recreate" }, 2), undefined);
  });
});

test("the Pods of a CloudNativePG cluster are one primary and replicas, told apart by label", () => {
  const cluster = {
    metadata: { name: "pg" },
    spec: { inheritedMetadata: { labels: { team: "iam" } } },
  };
  const groups = podGroupsOf("Cluster.postgresql.cnpg.io", cluster);
  const roles = groups.map(({ labels, count }) => [labels?.["cnpg.io/instanceRole"], count(3)]);
  assert.deepEqual(roles, [
    ["primary", 1],
    ["replica", 2],
  ]);
  assert.deepEqual(
    groups.map(({ count }) => count(0)),
    [0, 0],
  );
  assert.ok(groups.every(({ labels }) => labels?.["team"] === "iam"));
});

test("a workload without a template has no Pods that could be foretold", () => {
  assert.deepEqual(podGroupsOf("Deployment.apps", { spec: {} }), []);
  assert.deepEqual(podGroupsOf("Keycloak.k8s.keycloak.org", { spec: {} }), []);
});
