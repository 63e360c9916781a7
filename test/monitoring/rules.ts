import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";

export interface AlertRule {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

export interface RuleSpec {
  readonly groups: readonly { readonly name: string; readonly rules: readonly AlertRule[] }[];
}

export const MONITORING = fileURLToPath(new URL("../../manifests/monitoring", import.meta.url));

/** What the PrometheusRule holds, in the form that Prometheus itself loads. */
export function shippedRules(): RuleSpec {
  return parse(readFileSync(`${MONITORING}/prometheus-rule.yaml`, "utf8")).spec;
}

export function shippedAlerts(): readonly AlertRule[] {
  return shippedRules().groups.flatMap(({ rules }) => rules);
}
