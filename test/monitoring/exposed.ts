import type { Registry } from "prom-client";
import { registerGauges } from "../../src/adapters/telemetry/gauges.ts";
import { createTelemetry } from "../../src/cli/serve/telemetry.ts";
import { RULES } from "../../src/rules/index.ts";

/** What a running guard registers: each series name with the labels that it may carry. */
export async function exposedMetrics(): Promise<ReadonlyMap<string, readonly string[]>> {
  const { registry } = createTelemetry(RULES);
  registerGauges(registry, {
    version: "0",
    ready: () => true,
    certificates: () => [],
    certificateProblem: () => false,
    sharedCertificate: () => ({ generation: undefined, state: undefined, clockSkewMs: undefined }),
    caBundleInSync: () => undefined,
    webhookWrites: () => undefined,
    failPolicy: () => undefined,
    caches: () => [],
    policyLoadedAt: () => undefined,
    policyLoadFailed: () => false,
    draining: () => false,
    memoryLimit: () => undefined,
    load: () => ({ requests: 0, bytes: 0 }),
  });
  return namesOf(registry);
}

async function namesOf(registry: Registry): Promise<ReadonlyMap<string, readonly string[]>> {
  const exposed = new Map<string, readonly string[]>();
  for (const { name } of await registry.getMetricsAsJSON()) {
    const metric = registry.getSingleMetric(name) as unknown as {
      readonly labelNames?: readonly string[];
    };
    const labels = metric.labelNames ?? [];
    const isHistogram = (await registry.getSingleMetricAsString(name)).includes(
      `# TYPE ${name} histogram`,
    );
    if (isHistogram) {
      exposed.set(`${name}_bucket`, [...labels, "le"]);
      for (const end of ["sum", "count"]) exposed.set(`${name}_${end}`, labels);
    } else exposed.set(name, labels);
  }
  return exposed;
}
