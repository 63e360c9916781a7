import { collectDefaultMetrics, Registry } from "prom-client";
import type { MetricsPage } from "../../usecases/ports/metrics.ts";

/** A registry of its own with the metrics of this process in it. One per process: it observes the whole of it. */
export function createProcessRegistry(): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return registry;
}

export function metricsPage(registry: Registry): MetricsPage {
  return { contentType: registry.contentType, text: () => registry.metrics() };
}
