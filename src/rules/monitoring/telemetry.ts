import type { RuleContext } from "../../engine/rule.ts";
import { envOf } from "../../kubernetes/env.ts";
import { lastPathSegment, parseImage } from "../../kubernetes/image.ts";
import { asString, type JsonObject, own, ownArray, ownObject } from "../../kubernetes/json.ts";
import { metadataOf } from "../../kubernetes/object.ts";

const INSTRUMENTATION = "instrumentation.opentelemetry.io/inject-";
const SIDECAR = "sidecar.opentelemetry.io/inject";

/** How the last path segment of a collector's image starts. */
export const COLLECTOR_IMAGES: readonly string[] = [
  "opentelemetry-collector",
  "otelcol",
  "otel-collector",
];

/** By what a workload shows that it sends telemetry. */
export interface TelemetrySigns {
  /** Environment variables that tell where it goes. */
  readonly variables: readonly string[];
  readonly collectorImages: readonly string[];
}

type Context = Pick<RuleContext, "object" | "namespaceObject">;

/** By an endpoint, by a collector beside it, or because instrumentation is injected. */
export function sendsTelemetry(
  { object, namespaceObject }: Context,
  { variables: wanted, collectorImages }: TelemetrySigns,
): boolean {
  const template = object.template;
  const annotations = ownObject(ownObject(template?.raw, "metadata"), "annotations");
  if (isInjected(annotations)) return true;
  // On the namespace it holds for all Pods that do not say otherwise.
  const ofNamespace = namespaceObject && ownObject(metadataOf(namespaceObject), "annotations");
  if (isInjected(ofNamespace, annotations)) return true;
  return object.containers.some(({ raw, location }) => {
    const { variables } = envOf(raw, location);
    if (variables.some(({ name, value }) => value !== "" && wanted.includes(name))) {
      return true;
    }
    return isCollector(raw, collectorImages);
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

/** Variables may come from there, unseen. */
export function hasEnvFrom({ object }: Context): boolean {
  return object.containers.some(({ raw }) => ownArray(raw, "envFrom").length > 0);
}
