import { createHash } from "node:crypto";
import { cap, type Mode } from "../engine/modes.ts";
import type { Component, Platform, ResourceDefaults } from "../engine/platform.ts";
import type { Override, PolicyInput } from "../engine/policy.ts";
import type { Rule } from "../engine/rule.ts";
import { endOfDay } from "./policy-formats.ts";
import type {
  ComponentSource,
  OverrideSource,
  PolicyDocument,
  PolicySpec,
  ResourcesSource,
} from "./policy-schema.ts";

/** The engine's view of an effective document that has passed every check. */
export function compilePolicy(
  document: PolicyDocument,
  rules: readonly Rule[],
  modeCap: Mode,
): PolicyInput {
  const spec = document.spec ?? {};
  const name = document.metadata?.name ?? "policy";
  const profileCap = (spec.profile ?? "production") === "production" ? "enforce" : "warn";
  const content = {
    name,
    platform: compilePlatform(spec, name),
    rules: compileRules(spec, rules),
    overrides: (spec.overrides ?? []).map(compileOverride),
    cap: profileCap,
    unlayered: spec.unlayered ?? "audit",
    trustedControllers: spec.trustedControllers ?? [],
    excludedNamespaces: spec.excludedNamespaces ?? [],
    breakGlassGroup: spec.breakGlassGroup,
  } as const;
  return { ...content, id: `${name}@${digest(content)}`, cap: cap(modeCap, profileCap) };
}

function compilePlatform(spec: PolicySpec, name: string): Platform {
  return {
    name: spec.platform ?? name,
    layers: (spec.layers ?? []).map((layer) => ({
      name: layer.name,
      namespaces: layer.namespaces ?? [],
    })),
    components: new Map((spec.components ?? []).map((one) => [one.name, compileComponent(one)])),
    defaults: {
      resources: compileResources(spec.defaults?.resources),
      labels: spec.defaults?.labels ?? {},
    },
  };
}

function compileComponent(source: ComponentSource): Component {
  const critical = source.critical ?? false;
  return {
    name: source.name,
    layer: source.layer ?? "",
    critical,
    minReplicas: source.minReplicas ?? (critical ? 2 : 1),
    resources: source.resources && compileResources(source.resources),
    match: source.match,
  };
}

function compileResources(source: ResourcesSource | undefined): ResourceDefaults {
  return { requests: compileAmounts(source?.requests), limits: compileAmounts(source?.limits) };
}

function compileAmounts(source: ResourcesSource["requests"]): ResourceDefaults["requests"] {
  const { cpu, memory } = source ?? {};
  return {
    ...(cpu === undefined ? {} : { cpu: String(cpu) }),
    ...(memory === undefined ? {} : { memory: String(memory) }),
  };
}

function compileRules(spec: PolicySpec, rules: readonly Rule[]): PolicyInput["rules"] {
  return new Map(
    rules.map((rule) => {
      const written = spec.rules?.[rule.id];
      const params = rule.params.parse(written?.params ?? {});
      return [rule.id, { mode: written?.mode ?? rule.mode, params }];
    }),
  );
}

function compileOverride(source: OverrideSource, index: number): Override {
  const { namespaces, rules, objects, mode, until } = source;
  return {
    namespaces,
    rules,
    objects,
    mode,
    until: until === undefined ? undefined : endOfDay(until),
    label: `overrides[${index}]${until === undefined ? "" : ` until ${until}`}`,
  };
}

/** Equal for policies that decide alike, however they were written. `--mode` does not count. */
function digest(content: PolicyInput): string {
  const text = JSON.stringify(content, (_key, value: unknown) => comparable(value));
  return createHash("sha256").update(text).digest("hex").slice(0, 12);
}

/** Keys in a fixed order, and nothing that JSON cannot say. */
function comparable(value: unknown): unknown {
  if (typeof value === "bigint") return String(value);
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  const entries =
    value instanceof Map ? [...(value as Map<string, unknown>)] : Object.entries(value);
  return Object.fromEntries(entries.sort(([left], [right]) => (left < right ? -1 : 1)));
}
