import type { Decision } from "../../engine/decision.ts";
import { limitWarnings, multiLine } from "./text-limits.ts";

const MESSAGE_UNITS = 64 * 1024;
const ANNOTATION_UNITS = 32 * 1024;
const ANNOTATIONS_UNITS = 96 * 1024;
/** Half of the 1 MiB that an answer may have; texts share the other half. */
const PATCH_BYTES = 512 * 1024;

/** The API server stores annotations as `<webhook>/<key>`, which has to be a qualified name. */
const ANNOTATION_KEY = /^[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;

/** What a decision would put on the wire that must not go there. */
export class UnsendableDecision extends Error {}

/**
 * The AdmissionReview that answers `uid`, under 1 MiB: warnings single-line and bounded, the message
 * bounded, patch and patchType together or not at all. Throws UnsendableDecision for a patch that
 * is too large.
 */
export function encodeResponse(uid: string, decision: Decision): string {
  const allowed = decision.allowed === true;
  return (
    '{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","response":{"uid":' +
    JSON.stringify(uid) +
    (allowed
      ? `,"allowed":true${encodePatch(decision)}`
      : `,"allowed":false${encodeStatus(decision)}`) +
    encodeWarnings(decision.warnings) +
    encodeAnnotations(decision.annotations) +
    "}}"
  );
}

function encodeStatus(decision: Decision): string {
  const message = multiLine(decision.message ?? "", MESSAGE_UNITS);
  return `,"status":{"status":"Failure","message":${JSON.stringify(
    message === "" ? "denied by keymate-guard" : message,
  )},"reason":"Forbidden","code":403}`;
}

function encodePatch(decision: Decision): string {
  if (decision.patch === undefined || decision.patch.length === 0) return "";
  const patch = Buffer.from(JSON.stringify(decision.patch)).toString("base64");
  if (patch.length > PATCH_BYTES) throw new UnsendableDecision("the patch is too large");
  return `,"patch":"${patch}","patchType":"JSONPatch"`;
}

function encodeWarnings(warnings: readonly string[]): string {
  return warnings.length === 0 ? "" : `,"warnings":${JSON.stringify(limitWarnings(warnings))}`;
}

function encodeAnnotations(annotations: Readonly<Record<string, string>>): string {
  let left = ANNOTATIONS_UNITS;
  let encoded = "";
  for (const key of Object.keys(annotations)) {
    if (!ANNOTATION_KEY.test(key)) continue;
    const value = multiLine(annotations[key] ?? "", Math.min(ANNOTATION_UNITS, left));
    left -= value.length;
    encoded += `${encoded === "" ? "" : ","}${JSON.stringify(key)}:${JSON.stringify(value)}`;
    if (left < 256) break;
  }
  return encoded === "" ? "" : `,"auditAnnotations":{${encoded}}`;
}
