import { parse } from "yaml";
import { DEFAULT_POLICY } from "../../src/config/default-policy.ts";
import type { Mode } from "../../src/engine/modes.ts";
import type { Component, Layer, Platform } from "../../src/engine/platform.ts";
import { type Override, Policy } from "../../src/engine/policy.ts";
import { type JsonObject, ownObject, ownString } from "../../src/kubernetes/json.ts";
import { RULES } from "../../src/rules/index.ts";

const compiled = new Map<string, Policy>();

/** The embedded policy with something laid over its `spec`; compiled once per overlay. */
export function policyWith(overlay: JsonObject = {}): Policy {
  const key = JSON.stringify(overlay);
  let policy = compiled.get(key);
  if (policy === undefined) {
    policy = compile(overlay);
    compiled.set(key, policy);
  }
  return policy;
}

function compile(overlay: JsonObject): Policy {
  const embedded = parse(DEFAULT_POLICY).spec as JsonObject;
  const spec = merge(embedded, overlay) as Record<string, unknown>;
  const rules = new Map<string, { mode: Mode; params: unknown }>();
  for (const rule of RULES) {
    const given = ownObject(ownObject(spec, "rules"), rule.id);
    rules.set(rule.id, {
      mode: (ownString(given, "mode") ?? rule.mode) as Mode,
      params: rule.params.parse(ownObject(given, "params") ?? {}),
    });
  }
  const production = spec["profile"] === "production";
  return new Policy(
    {
      name: "keymate",
      platform: platformOf(spec),
      rules,
      overrides: (spec["overrides"] ?? []) as Override[],
      cap: production ? "enforce" : "warn",
      unlayered: spec["unlayered"] as Mode,
      trustedControllers: spec["trustedControllers"] as string[],
      excludedNamespaces: spec["excludedNamespaces"] as string[],
    },
    RULES,
  );
}

function platformOf(spec: JsonObject): Platform {
  return {
    name: spec["platform"] as string,
    layers: spec["layers"] as Layer[],
    components: new Map((spec["components"] as Component[]).map((c) => [c.name, c])),
    defaults: spec["defaults"] as Platform["defaults"],
  };
}

function merge(under: JsonObject, over: JsonObject): JsonObject {
  const merged: Record<string, unknown> = { ...under };
  for (const [key, value] of Object.entries(over)) {
    const below = ownObject(merged, key);
    const above = ownObject(over, key);
    if (key === "components") merged[key] = byName(under[key], value);
    else merged[key] = below && above ? merge(below, above) : value;
  }
  return merged;
}

function byName(under: unknown, over: unknown): Component[] {
  const components = new Map((under as Component[]).map((c) => [c.name, c]));
  for (const c of over as Component[]) components.set(c.name, { ...components.get(c.name), ...c });
  return [...components.values()];
}
