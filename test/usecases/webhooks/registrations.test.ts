import assert from "node:assert/strict";
import { test } from "node:test";
import type { PolicyInput } from "../../../src/engine/policy.ts";
import { validatingRegistrations } from "../../../src/usecases/webhooks/registrations.ts";
import { badRule, fakePolicy, override } from "../../support/fake-rules.ts";

const secrets = { kinds: ["Secret"], operations: ["CREATE"] } as const;
const offByDefault = badRule("r", { mode: "off", targets: [secrets] });

function resources(parts: Partial<PolicyInput> = {}, rule = offByDefault): string[] {
  const found = validatingRegistrations(fakePolicy([rule], parts));
  return found.map(({ resource }) => resource).filter((resource) => !resource.endsWith("/scale"));
}

test("what only a rule that is off would look at is not sent", () => {
  assert.deepEqual(resources(), []);
});

test("what an override turns on again is sent", () => {
  assert.deepEqual(resources({ overrides: [override("warn", {})] }), ["secrets"]);
});

test("what a rule judges from warn on is not sent while it only audits", () => {
  const rule = badRule("r", { mode: "audit", targets: [{ ...secrets, from: "warn" }] });
  assert.deepEqual(resources({}, rule), []);
  assert.deepEqual(resources({ overrides: [override("warn", {})] }, rule), ["secrets"]);
  const rules = new Map([["r", { mode: "warn" as const, params: {} }]]);
  assert.deepEqual(resources({ rules }, rule), ["secrets"]);
});
