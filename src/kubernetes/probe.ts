import { jsonEqual } from "./equality.ts";
import { type JsonObject, own, ownObject } from "./json.ts";

export type ProbeName = "readinessProbe" | "livenessProbe";

const HANDLERS: readonly string[] = ["exec", "httpGet", "tcpSocket", "grpc"];

/** What the API fills in. Source: SetDefaults_Probe and SetDefaults_HTTPGetAction, core/v1. */
const DEFAULTS: readonly (readonly [string, unknown])[] = [
  ["initialDelaySeconds", 0],
  ["timeoutSeconds", 1],
  ["periodSeconds", 10],
  ["successThreshold", 1],
  ["failureThreshold", 3],
];

/** A probe that checks something; one without a handler is none, and the API refuses it. */
export function probeOf(container: JsonObject, name: ProbeName): JsonObject | undefined {
  const probe = ownObject(container, name);
  return HANDLERS.some((handler) => ownObject(probe, handler) !== undefined) ? probe : undefined;
}

/** Whether two probes ask the same, equally often and equally patient, defaults filled in. */
export function isSameProbe(left: JsonObject, right: JsonObject): boolean {
  for (const [key, value] of DEFAULTS) {
    if ((own(left, key) ?? value) !== (own(right, key) ?? value)) return false;
  }
  return HANDLERS.every((handler) =>
    jsonEqual(handlerOf(left, handler), handlerOf(right, handler)),
  );
}

function handlerOf(probe: JsonObject, handler: string): JsonObject | undefined {
  const action = ownObject(probe, handler);
  if (action === undefined || handler !== "httpGet") return action;
  return { path: "/", scheme: "HTTP", ...action };
}
