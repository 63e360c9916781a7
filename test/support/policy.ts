import { stringify } from "yaml";
import { formatProblem, loadPolicy } from "../../src/config/load-policy.ts";
import { API_VERSION, KIND } from "../../src/config/policy-schema.ts";
import type { Policy } from "../../src/engine/policy.ts";
import type { JsonObject } from "../../src/kubernetes/json.ts";
import { RULES } from "../../src/rules/index.ts";

const loaded = new Map<string, Policy>();

/** The embedded policy with something laid over its `spec`; loaded once per overlay. */
export function policyWith(spec: JsonObject = {}): Policy {
  const text = stringify({ apiVersion: API_VERSION, kind: KIND, spec });
  let policy = loaded.get(text);
  if (policy === undefined) {
    policy = load(text);
    loaded.set(text, policy);
  }
  return policy;
}

function load(text: string): Policy {
  const result = loadPolicy({ text, rules: RULES });
  if (result.ok) return result.policy;
  throw new Error(result.problems.map(formatProblem).join("\n"));
}
