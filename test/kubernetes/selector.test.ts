import assert from "node:assert/strict";
import { suite, test } from "node:test";
import fc from "fast-check";
import { isEmptySelector, isNullSelector, selects } from "../../src/kubernetes/selector.ts";

const KEYS = ["app", "tier", "constructor"];
const VALUES = ["", "x", "y"];
const ABSENT = undefined;

const labels = fc.dictionary(fc.constantFrom(...KEYS), fc.constantFrom(...VALUES));
const someValues = fc.uniqueArray(fc.constantFrom(...VALUES), { minLength: 1 });
const key = fc.constantFrom(...KEYS);
const expression = fc.oneof(
  fc.record({ key, operator: fc.constantFrom("In", "NotIn"), values: someValues }),
  fc.record({ key, operator: fc.constantFrom("Exists", "DoesNotExist") }),
);
const selector = fc.record(
  {
    matchLabels: fc.dictionary(key, fc.constantFrom(...VALUES)),
    matchExpressions: fc.array(expression, { maxLength: 3 }),
  },
  { requiredKeys: [] },
);

type Expression = { key: string; operator: string; values?: string[] };
type Selector = { matchLabels?: Record<string, string>; matchExpressions?: Expression[] };

/** What a key may be worth, as a set: how the documentation explains each operator. */
function accepted({ operator, values = [] }: Expression): Set<string | undefined> {
  const all = [...VALUES, ABSENT];
  if (operator === "In") return new Set(values);
  if (operator === "NotIn") return new Set(all.filter((v) => !values.includes(v as string)));
  return new Set(operator === "Exists" ? VALUES : [ABSENT]);
}

/** By narrowing down, key by key, what would still be accepted. */
function model({ matchLabels = {}, matchExpressions = [] }: Selector, has: object): boolean {
  const wanted = new Map<string, Set<string | undefined>>(
    KEYS.map((name) => [name, new Set([...VALUES, ABSENT])]),
  );
  const narrow = (name: string, to: Set<string | undefined>) =>
    wanted.set(name, wanted.get(name)?.intersection(to) ?? to);
  for (const [name, value] of Object.entries(matchLabels)) narrow(name, new Set([value]));
  for (const entry of matchExpressions) narrow(entry.key, accepted(entry));
  const values = new Map(Object.entries(has));
  return [...wanted].every(([name, set]) => set.has(values.get(name)));
}

suite("label selectors", () => {
  test("select what narrowing down key by key leaves", () => {
    fc.assert(
      fc.property(selector, labels, (one, has) => {
        assert.equal(selects(one, has), model(one as Selector, has));
      }),
      { numRuns: 1000 },
    );
  });

  test("select nothing when absent and everything when empty", () => {
    fc.assert(
      fc.property(fc.option(labels, { nil: undefined }), (has) => {
        for (const none of [undefined, null]) {
          assert.ok(isNullSelector(none));
          assert.equal(selects(none, has), false);
        }
        for (const all of [{}, { matchLabels: {} }, { matchExpressions: [], matchLabels: null }]) {
          assert.ok(isEmptySelector(all));
          assert.equal(selects(all, has), true);
        }
      }),
    );
  });

  test("select nothing when the API would refuse them", () => {
    const refused = [
      { matchExpressions: [{ key: "app", operator: "In", values: [] }] },
      { matchExpressions: [{ key: "app", operator: "NotIn" }] },
      { matchExpressions: [{ key: "app", operator: "Exists", values: ["x"] }] },
      { matchExpressions: [{ key: "x", operator: "DoesNotExist", values: ["x"] }] },
      { matchExpressions: [{ key: "app", operator: "in", values: ["x"] }] },
      { matchExpressions: [{ operator: "DoesNotExist" }] },
      { matchExpressions: ["app"] },
      { matchLabels: { app: 1 } },
      { matchLabels: ["app"] },
      "app=x",
    ];
    for (const one of refused) assert.equal(selects(one, { app: "x" }), false, JSON.stringify(one));
  });

  test("read labels as own keys only", () => {
    assert.equal(
      selects({ matchExpressions: [{ key: "toString", operator: "Exists" }] }, {}),
      false,
    );
  });
});
