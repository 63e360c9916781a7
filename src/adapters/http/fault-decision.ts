import type { Decision } from "../../engine/decision.ts";
import type { AdmissionPath, AdmissionRequest } from "../../usecases/ports/admission.ts";

const REASONS = {
  admit: "an internal error",
  deadline: "the time for the decision ran out",
  response: "the decision could not be encoded",
} as const;

export type FaultPlace = keyof typeof REASONS;

/** The answer when the guard itself failed: `/validate/fail` denies, the others allow and warn. */
export function faultDecision(
  path: AdmissionPath,
  request: AdmissionRequest,
  where: FaultPlace,
): Decision {
  const text = `keymate-guard itself failed (${REASONS[where]})`;
  const denies = path === "/validate/fail";
  const decision = { outcome: "error", annotations: {}, findings: [], faults: [where] } as const;
  if (!denies) return { ...decision, allowed: true, warnings: [`${text}: this was not checked`] };
  return {
    ...decision,
    allowed: false,
    warnings: [],
    message: `${subject(request)}: ${text}; the guard is at fault, not the object: try again, and see its log`,
  };
}

/** `Kind namespace/name`, with `x-*` for a generated name. Lengths are bounded. */
export function subject(request: AdmissionRequest): string {
  const name = displayName(request);
  const place = request.namespace === "" ? name : `${request.namespace.slice(0, 253)}/${name}`;
  return `${request.kind.kind.slice(0, 63)} ${place}`;
}

/** The name, `x-*` for a generated one, "" when there is none. */
export function displayName(request: AdmissionRequest): string {
  if (request.name !== "") return request.name.slice(0, 253);
  const metadata = request.object?.["metadata"];
  if (typeof metadata !== "object" || metadata === null) return "";
  if (!Object.hasOwn(metadata, "generateName")) return "";
  const prefix = (metadata as { generateName: unknown }).generateName;
  return typeof prefix === "string" && prefix !== "" ? `${prefix.slice(0, 253)}*` : "";
}
