import assert from "node:assert/strict";
import { before, test } from "node:test";
import fc from "fast-check";
import { loadPolicy } from "../../src/config/load-policy.ts";
import type { Environment } from "../../src/engine/environment.ts";
import { evaluate } from "../../src/engine/evaluate.ts";
import { planMutation } from "../../src/engine/mutate.ts";
import { StaticView } from "../../src/engine/static-view.ts";
import type { JsonObject } from "../../src/kubernetes/json.ts";
import { RULES } from "../../src/rules/index.ts";
import { checkPatches, type PatchAnswer } from "../cluster/patchcheck.ts";
import { subjectOf } from "../support/builders.ts";
import { anyWorkload } from "../support/generated-workloads.ts";

const OBJECTS = 10_000;
/** Another run needs another seed; a failure prints the object itself. */
const SEED = Number(process.env["KEYMATE_TEST_SEED"] ?? 20_261_123);

const loaded = loadPolicy({ rules: RULES });
assert.ok(loaded.ok);
const environment: Environment = {
  policy: loaded.policy,
  cluster: new StaticView([]),
  now: Date.UTC(2026, 10, 23),
};

const objects: JsonObject[] = fc.sample(anyWorkload, { numRuns: OBJECTS, seed: SEED });
const cases: { id: string; doc: string; patch: string }[] = [];
let checked: readonly PatchAnswer[] = [];

before(async () => {
  for (const [id, object] of objects.entries()) {
    const { patch, fault } = planMutation(environment, subjectOf(object));
    assert.equal(fault, undefined, `object ${id}: ${JSON.stringify(object)}`);
    if (patch.length === 0) continue;
    cases.push({ id: String(id), doc: JSON.stringify(object), patch: JSON.stringify(patch) });
  }
  checked = await checkPatches(cases);
});

test("no generated object makes a rule throw, created or updated", () => {
  for (const [index, object] of objects.entries()) {
    const old = objects[(index + 1) % OBJECTS] as JsonObject;
    for (const subject of [subjectOf(object), subjectOf(object, { operation: "UPDATE", old })]) {
      const { faults } = evaluate(environment, subject);
      assert.deepEqual(faults, [], JSON.stringify(object));
    }
  }
});

test("every patch applies in the API server's own library", (context) => {
  assert.ok(cases.length > OBJECTS / 4, `only ${cases.length} objects were patched`);
  context.diagnostic(`${cases.length} of ${OBJECTS} objects were patched`);
  for (const { id, ok, error } of checked) {
    assert.ok(ok, `object ${id}: ${error}: ${JSON.stringify(objects[Number(id)])}`);
  }
});

test("a second mutation of what the API server's library made is empty", () => {
  for (const { id, result } of checked) {
    const again = planMutation(environment, subjectOf(JSON.parse(result ?? "null")));
    assert.deepEqual(again.patch, [], `object ${id}: ${result}`);
  }
});

test("a patch changes nothing but what it adds", () => {
  for (const [index, { doc, patch }] of cases.entries()) {
    const result = JSON.parse(checked[index]?.result ?? "null");
    for (const { path } of JSON.parse(patch) as { path: string }[]) remove(result, path);
    // A null that an addition replaced is gone; everything else is as it was.
    assert.deepEqual(withoutNulls(result), withoutNulls(JSON.parse(doc)));
  }
});

function remove(root: unknown, pointer: string): void {
  const keys = pointer
    .split("/")
    .slice(1)
    .map((key) => key.replaceAll("~1", "/").replaceAll("~0", "~"));
  let at = root as Record<string, unknown>;
  for (const key of keys.slice(0, -1)) at = at[key] as Record<string, unknown>;
  delete at[keys.at(-1) ?? ""];
}

function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, item]) =>
      item === null ? [] : [[key, withoutNulls(item)]],
    ),
  );
}
