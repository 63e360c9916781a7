import assert from "node:assert/strict";
import test from "node:test";
import { policyJsonSchema } from "../../src/config/policy-json-schema.ts";
import { dig } from "../../src/kubernetes/json.ts";
import { rules } from "./support/policies.ts";

const schema = policyJsonSchema(rules);
const ruleSchemas = dig(schema, "properties", "spec", "properties", "rules");

test("the JSON schema states its dialect and refuses unknown fields", () => {
  assert.equal(dig(schema, "$schema"), "https://json-schema.org/draft/2020-12/schema");
  assert.equal(dig(schema, "additionalProperties"), false);
  assert.deepEqual(dig(schema, "required"), ["apiVersion", "kind"]);
});

test("the JSON schema knows every rule id with its mode and parameters", () => {
  const properties = dig(ruleSchemas, "properties") as Record<string, unknown>;
  assert.deepEqual(Object.keys(properties), ["res-limits-required", "res-default", "ha-spread"]);
  assert.equal(dig(ruleSchemas, "additionalProperties"), false);
  assert.equal(
    dig(properties, "res-default", "description"),
    "Defaults for what is missing. It is a test.",
  );
  assert.equal(dig(properties, "ha-spread", "properties", "mode", "default"), "warn");
  assert.deepEqual(dig(properties, "res-default", "properties", "params"), {
    type: "object",
    properties: {
      announce: { default: true, description: "Tell the user once", type: "boolean" },
      exceptLayers: { default: ["data"], type: "array", items: { type: "string" } },
    },
    description: "Parameters of res-default",
    additionalProperties: false,
  });
});

test("the JSON schema offers rule ids in overrides and admits globs", () => {
  const overrides = dig(schema, "properties", "spec", "properties", "overrides", "items");
  const items = dig(overrides, "properties", "rules", "items");
  const [ids, globs] = dig(items, "anyOf") as unknown[];
  assert.deepEqual(
    dig(ids, "enum"),
    rules.map(({ id }) => id),
  );
  const pattern = new RegExp(String(dig(globs, "pattern")));
  assert.equal(pattern.test("res-*"), true);
  assert.equal(pattern.test("res-nothing"), false);
});
