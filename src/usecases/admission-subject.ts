import type { Policy } from "../engine/policy.ts";
import { isCleaner, isStampedByController } from "../engine/requesters.ts";
import { isBookkeepingUpdate } from "../engine/skips.ts";
import { Judged, type Subject } from "../engine/subject.ts";
import { type JsonObject, ownString } from "../kubernetes/json.ts";
import { type GroupKind, groupKind, kindByResource } from "../kubernetes/kinds.ts";
import { displayNameOf, isTerminating, metadataOf } from "../kubernetes/object.ts";
import type { AdmissionRequest } from "./ports/admission.ts";

/** What there is to judge in a request; undefined when it is let through unseen. */
export function subjectOf(request: AdmissionRequest, policy: Policy): Subject | undefined {
  const { operation, oldObject } = request;
  if (operation === "CONNECT" || policy.isExcluded(request.namespace)) return undefined;
  const kind = judgedKind(request);
  if (kind === undefined) return undefined;
  const checks = policy.checksFor("admission", kind, operation, request.subResource);
  if (checks.length === 0) return undefined;
  // Denying a finalizer's removal would wedge the object; the old object cannot be forged.
  if (operation !== "CREATE" && oldObject !== undefined && isTerminating(oldObject))
    return undefined;
  if (operation === "DELETE" && isCleaner(request.user.username)) return undefined;
  const raw = operation === "DELETE" ? oldObject : request.object;
  if (raw === undefined) return undefined;
  const old = operation === "UPDATE" ? oldObject : undefined;
  if (old !== undefined && isBookkeepingUpdate(old, raw)) return undefined;
  return {
    door: "admission",
    operation,
    kind,
    subresource: request.subResource,
    namespace: request.namespace,
    name: shownName(request, raw),
    object: new Judged(kind, raw),
    old: old === undefined ? undefined : new Judged(kind, old),
    user: request.user.username,
    dryRun: request.dryRun,
    byController: isByController(request, kind, policy),
  };
}

/** What the API server appends to generateName, whose first 58 characters it keeps. */
const GENERATED_SUFFIX = /^[bcdfghjklmnpqrstvwxz2456789]{5}$/;
const LONGEST_PREFIX = 58;

/** `x-*` in both phases: validating sees a generated name, but a refused object never has it. */
function shownName({ operation, name }: AdmissionRequest, raw: JsonObject): string {
  if (name === "" || operation !== "CREATE") return name || (displayNameOf(raw) ?? "");
  const generateName = ownString(metadataOf(raw), "generateName") ?? "";
  const prefix = generateName.slice(0, LONGEST_PREFIX);
  const isGenerated =
    prefix !== "" && name.startsWith(prefix) && GENERATED_SUFFIX.test(name.slice(prefix.length));
  return isGenerated ? `${generateName}*` : name;
}

/** A Scale says nothing about its parent's kind; the resource does. */
function judgedKind({ kind, resource, subResource }: AdmissionRequest): GroupKind | undefined {
  if (subResource === "") return groupKind(kind.group, kind.kind);
  const parent = kindByResource(resource.group, resource.resource);
  return parent === undefined ? undefined : groupKind(parent.group, parent.kind);
}

function isByController({ operation, user }: AdmissionRequest, kind: GroupKind, policy: Policy) {
  if (policy.isTrustedController(user.username)) return true;
  return operation === "CREATE" && isStampedByController(user.username, kind);
}
