import type { Decision } from "../../engine/decision.ts";
import type { AdmissionPath, AdmissionRequest } from "../../usecases/ports/admission.ts";

/**
 * The decision without what the API server would refuse the whole request for: a patch from a
 * validating endpoint, on an object that is not there, or beside a denial. The first two are faults
 * of ours and counted.
 */
export function sendable(
  path: AdmissionPath,
  request: AdmissionRequest,
  decision: Decision,
): Decision {
  if (decision.patch === undefined) return decision;
  const misplaced =
    path !== "/mutate" || request.operation === "DELETE" || request.object === undefined;
  if (!misplaced && decision.allowed && decision.patch.length > 0) return decision;
  const { patch: _, ...rest } = decision;
  return misplaced ? { ...rest, faults: [...rest.faults, "response"] } : rest;
}
