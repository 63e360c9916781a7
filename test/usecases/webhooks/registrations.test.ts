import assert from "node:assert/strict";
import { test } from "node:test";
import type { PolicyInput } from "../../../src/engine/policy.ts";
import { validatingRegistrations } from "../../../src/usecases/webhooks/registrations.ts";
import { badRule, fakePolicy, override } from "../../support/fake-rules.ts";

function resources(parts: Partial<PolicyInput> = {}): string[] {
  const secrets = badRule("r", {
    mode: "off",
    targets: [{ kinds: ["Secret"], operations: ["CREATE"] }],
  });
  const found = validatingRegistrations(fakePolicy([secrets], parts));
  return found.map(({ resource }) => resource).filter((resource) => !resource.endsWith("/scale"));
}

test("what only a rule that is off would look at is not sent", () => {
  assert.deepEqual(resources(), []);
});

test("what an override turns on again is sent", () => {
  assert.deepEqual(resources({ overrides: [override("warn", {})] }), ["secrets"]);
});
