import { z } from "zod";
import { policyJsonSchema } from "../../../src/config/policy-json-schema.ts";
import type { Rule } from "../../../src/engine/rule.ts";
import type { JsonObject } from "../../../src/kubernetes/json.ts";
import { valuesSchema } from "./values-schema.ts";

/** values.schema.json: the policy is judged as `keymate-guard policy schema` says. */
export function valuesJsonSchema(rules: readonly Rule[]): JsonObject {
  const schema = z.toJSONSchema(valuesSchema, { io: "input" });
  const { $schema: _dialect, ...policy } = policyJsonSchema(rules);
  return {
    title: "Values of the chart keymate-guard",
    ...schema,
    properties: { ...schema.properties, policy },
  };
}
