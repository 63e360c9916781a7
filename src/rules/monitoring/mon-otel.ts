import { z } from "zod";
import { layerName } from "../../engine/names.ts";
import { defineRule, type RuleContext } from "../../engine/rule.ts";
import { envOf } from "../../kubernetes/env.ts";
import { lastPathSegment, parseImage } from "../../kubernetes/image.ts";
import { asString, type JsonObject, own, ownArray, ownObject } from "../../kubernetes/json.ts";
import { field } from "../../kubernetes/location.ts";
import { metadataOf } from "../../kubernetes/object.ts";
import { isLongRunning, LONG_RUNNING_KINDS } from "./long-running.ts";

const INSTRUMENTATION = "instrumentation.opentelemetry.io/inject-";
const SIDECAR = "sidecar.opentelemetry.io/inject";

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
    .default(["opentelemetry-collector", "otelcol", "otel-collector"])
    .describe("How the last path segment of a collector's image starts"),
});

type Params = z.output<typeof params>;

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
    if (template === undefined || !isLongRunning(object) || sendsTelemetry(context)) return [];
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

function sendsTelemetry(context: RuleContext<Params>): boolean {
  const { object, params: settings, namespaceObject } = context;
  const template = object.template;
  const annotations = ownObject(ownObject(template?.raw, "metadata"), "annotations");
  if (isInjected(annotations)) return true;
  // On the namespace it holds for all Pods that do not say otherwise.
  const ofNamespace = namespaceObject && ownObject(metadataOf(namespaceObject), "annotations");
  if (isInjected(ofNamespace, annotations)) return true;
  return object.containers.some(({ raw, location }) => {
    const { variables } = envOf(raw, location);
    if (variables.some(({ name, value }) => value !== "" && settings.variables.includes(name))) {
      return true;
    }
    return isCollector(raw, settings.collectorImages);
  });
}

/** `inject-java: "true"`, or the name of an Instrumentation; `"false"` says no. */
function isInjected(annotations: JsonObject | undefined, overrides?: JsonObject): boolean {
  for (const [key, value] of Object.entries(annotations ?? {})) {
    if (key !== SIDECAR && !key.startsWith(INSTRUMENTATION)) continue;
    if (value !== "false" && value !== "" && own(overrides, key) !== "false") return true;
  }
  return false;
}

function isCollector(container: JsonObject, starts: readonly string[]): boolean {
  const image = parseImage(asString(own(container, "image")) ?? "");
  if (image === undefined) return false;
  const name = lastPathSegment(image);
  return starts.some((start) => name.startsWith(start));
}

function hasEnvFrom({ object }: RuleContext): boolean {
  return object.containers.some(({ raw }) => ownArray(raw, "envFrom").length > 0);
}
