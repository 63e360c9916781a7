import type { Decision } from "../../engine/decision.ts";
import { displayNameOf } from "../../kubernetes/object.ts";
import type { AdmissionPath, AdmissionRequest } from "../../usecases/ports/admission.ts";

const REASONS = {
  admit: "an internal error",
  deadline: "the time for the decision ran out",
  response: "the decision could not be encoded",
  size: "what it would add is too large for one answer",
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
  const left = path === "/mutate" ? "nothing was added" : "this was not checked";
  if (!denies) return { ...decision, allowed: true, warnings: [`${text}: ${left}`] };
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

/** The name, `x-*` for a generated one, the old object's where a collection is deleted, else "". */
export function displayName({ name, object, oldObject }: AdmissionRequest): string {
  if (name !== "") return name.slice(0, 253);
  const raw = object ?? oldObject;
  return raw === undefined ? "" : (displayNameOf(raw) ?? "").slice(0, 253);
}
