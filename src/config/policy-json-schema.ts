import { z } from "zod";
import type { Rule } from "../engine/rule.ts";
import { asObject, type JsonObject, own, ownObject } from "../kubernetes/json.ts";
import { policySchema } from "./policy-schema.ts";

/** JSON Schema (draft 2020-12) of a policy file, with every rule id and its parameters. */
export function policyJsonSchema(rules: readonly Rule[]): JsonObject {
  const schema = toJsonSchema(policySchema);
  const described = {
    title: "Keymate Guard policy",
    description: "Laid over the embedded policy: maps merge by key, components by name",
    ...schema,
  };
  const withRules = replaceAt(described, ["properties", "spec", "properties", "rules"], (node) => ({
    ...node,
    properties: Object.fromEntries(rules.map((rule) => [rule.id, ruleSchema(rule, node)])),
    additionalProperties: false,
  }));
  const ids = rules.map(({ id }) => id);
  const path = ["spec", "overrides"].flatMap((key) => ["properties", key]);
  return replaceAt(withRules, [...path, "items", "properties", "rules", "items"], (node) =>
    ids.length === 0 ? node : { anyOf: [{ enum: ids }, { ...node, pattern: globPattern }] },
  );
}

/** Some `*` in it: everything else has to be the id of a rule. */
const globPattern = "^[-a-z0-9]*\\*[-a-z0-9*]*$";

function ruleSchema(rule: Rule, rulesNode: JsonObject): JsonObject {
  const generic = ownObject(rulesNode, "additionalProperties") ?? {};
  const properties = ownObject(generic, "properties") ?? {};
  const { $schema: _dialect, ...params } = toJsonSchema(rule.params);
  const isMap = own(params, "type") === "object";
  return {
    ...generic,
    description: `${rule.title}. ${rule.why}`,
    properties: {
      mode: { ...ownObject(properties, "mode"), default: rule.mode },
      params: {
        ...params,
        description: `Parameters of ${rule.id}`,
        ...(isMap && own(params, "additionalProperties") === undefined
          ? { additionalProperties: false }
          : {}),
      },
    },
  };
}

function toJsonSchema(schema: z.ZodType): JsonObject {
  // What a rule transforms or refines further is judged when the policy is loaded.
  return z.toJSONSchema(schema, { io: "input", unrepresentable: "any" });
}

function replaceAt(
  node: JsonObject,
  path: readonly string[],
  replace: (node: JsonObject) => JsonObject,
): JsonObject {
  const [key, ...rest] = path;
  if (key === undefined) return replace(node);
  return { ...node, [key]: replaceAt(asObject(own(node, key)) ?? {}, rest, replace) };
}
