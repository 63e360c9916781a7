import { z } from "zod";
import { layerName } from "../../engine/names.ts";
import { defineRule } from "../../engine/rule.ts";
import { field } from "../../kubernetes/location.ts";
import { isLongRunning, LONG_RUNNING_KINDS } from "./long-running.ts";
import { COLLECTOR_IMAGES, hasEnvFrom, sendsTelemetry } from "./telemetry.ts";

const params = z.strictObject({
  layers: z
    .array(layerName)
    .default(["application"])
    .describe("Layers whose workloads send telemetry"),
  variables: z
    .array(z.string())
    .default([
      "OTEL_EXPORTER_OTLP_ENDPOINT",
      "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
      "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT",
      "OTEL_EXPORTER_OTLP_LOGS_ENDPOINT",
      "QUARKUS_OTEL_EXPORTER_OTLP_ENDPOINT",
      "KC_TRACING_ENDPOINT",
    ])
    .describe("Environment variables that tell where telemetry goes"),
  collectorImages: z
    .array(z.string())
    .default([...COLLECTOR_IMAGES])
    .describe("How the last path segment of a collector's image starts"),
});

export default defineRule({
  id: "mon-otel",
  title: "Applications send their telemetry by OpenTelemetry",
  why:
    "Traces and metrics that every service sends in one format to one place are what tells, in " +
    "an incident, which of them is slow or failing.",
  practice: "monitoring",
  since: "0.1.0",
  targets: [{ kinds: LONG_RUNNING_KINDS, operations: ["CREATE", "UPDATE"] }],
  needs: [],
  mode: "audit",
  reads: ["TP.metadata", "TP.spec.containers", "TP.spec.initContainers", "metadata.annotations"],
  params,
  check(context) {
    const { object, layer, params: settings } = context;
    if (layer === undefined || !settings.layers.includes(layer)) return [];
    const { template } = object;
    if (template === undefined || !isLongRunning(object) || sendsTelemetry(context, settings))
      return [];
    const doubt = hasEnvFrom(context) ? " (envFrom is not read)" : "";
    return [
      {
        message: `no container sends OpenTelemetry data: neither an endpoint, a collector nor injection${doubt}`,
        fix: "set OTEL_EXPORTER_OTLP_ENDPOINT to the collector of the observability layer",
        location: field(template.specLocation, "containers"),
        key: "telemetry",
      },
    ];
  },
});
