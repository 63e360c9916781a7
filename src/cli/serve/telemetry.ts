import { createAuditMetrics } from "../../adapters/telemetry/audit-metrics.ts";
import { createEventMetrics } from "../../adapters/telemetry/event-metrics.ts";
import { createMetrics } from "../../adapters/telemetry/metrics.ts";
import { createProcessRegistry } from "../../adapters/telemetry/metrics-page.ts";
import { kindWord } from "../../engine/policy.ts";
import type { Rule } from "../../engine/rule.ts";

/** One registry with everything that counts; what is read at scrape time comes with the servers. */
export function createTelemetry(rules: readonly Rule[]) {
  const registry = createProcessRegistry();
  const judged = new Set(
    rules.flatMap(({ targets }) => targets.flatMap(({ kinds }) => kinds.map(kindWord))),
  );
  return {
    registry,
    metrics: createMetrics(registry, (kind) => judged.has(kind)),
    countEvent: createEventMetrics(registry),
    audit: createAuditMetrics(registry),
  };
}

export type Telemetry = ReturnType<typeof createTelemetry>;
