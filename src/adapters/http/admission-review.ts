import { isUtf8 } from "node:buffer";
import { asArray, asObject, type JsonObject, own } from "../../kubernetes/json.ts";
import type { AdmissionRequest } from "../../usecases/ports/admission.ts";
import { HTTP_ERRORS, type HttpError } from "./http-error.ts";

export type DecodedReview = { readonly request: AdmissionRequest } | { readonly error: HttpError };

const UID_LIMIT = 253;

type Operation = AdmissionRequest["operation"];
const OPERATIONS: ReadonlySet<string> = new Set(["CREATE", "UPDATE", "DELETE", "CONNECT"]);

/** What is wrong with an envelope, in words that repeat nothing of it. */
class Malformed extends Error {}

/**
 * Reads an admission.k8s.io/v1 AdmissionReview of a depth that the parser stands; the embedded
 * objects stay as JSON.parse returns them.
 */
export function decodeReview(body: Buffer): DecodedReview {
  if (body.length === 0) return { error: HTTP_ERRORS.empty };
  if (!isUtf8(body)) return refuse("invalid-utf8", "the body is not valid UTF-8");
  let review: unknown;
  try {
    review = JSON.parse(body.toString("utf8"));
  } catch {
    return refuse("invalid-json", "the body is not valid JSON");
  }
  try {
    return { request: readReview(review) };
  } catch (error) {
    if (error instanceof Malformed) return refuse("not-an-admission-review", error.message);
    throw error;
  }
}

function refuse(code: string, message: string): DecodedReview {
  return { error: { status: 400, code, message } };
}

function readReview(value: unknown): AdmissionRequest {
  const review = asObject(value);
  if (own(review, "kind") !== "AdmissionReview") throw new Malformed("kind is not AdmissionReview");
  if (own(review, "apiVersion") !== "admission.k8s.io/v1") {
    throw new Malformed("apiVersion is not admission.k8s.io/v1");
  }
  return readRequest(objectAt(review, "request", "request"));
}

function readRequest(request: JsonObject): AdmissionRequest {
  const uid = requiredText(request, "uid", "request.uid");
  if (uid.length > UID_LIMIT) throw new Malformed("request.uid is too long");
  const dryRun = own(request, "dryRun") ?? false;
  if (typeof dryRun !== "boolean") throw new Malformed("request.dryRun is not a boolean");
  return {
    uid,
    kind: readKind(objectAt(request, "kind", "request.kind")),
    resource: readResource(objectAt(request, "resource", "request.resource")),
    subResource: text(request, "subResource", "request.subResource"),
    name: text(request, "name", "request.name"),
    namespace: text(request, "namespace", "request.namespace"),
    operation: readOperation(request),
    user: readUser(request),
    object: embedded(request, "object"),
    oldObject: embedded(request, "oldObject"),
    dryRun,
  };
}

function readKind(kind: JsonObject): AdmissionRequest["kind"] {
  return {
    group: text(kind, "group", "request.kind.group"),
    version: requiredText(kind, "version", "request.kind.version"),
    kind: requiredText(kind, "kind", "request.kind.kind"),
  };
}

function readResource(resource: JsonObject): AdmissionRequest["resource"] {
  return {
    group: text(resource, "group", "request.resource.group"),
    version: requiredText(resource, "version", "request.resource.version"),
    resource: requiredText(resource, "resource", "request.resource.resource"),
  };
}

function readOperation(request: JsonObject): Operation {
  const operation = text(request, "operation", "request.operation");
  if (!OPERATIONS.has(operation)) {
    throw new Malformed("request.operation is not CREATE, UPDATE, DELETE or CONNECT");
  }
  return operation as Operation;
}

function readUser(request: JsonObject): AdmissionRequest["user"] {
  const user = objectAt(request, "userInfo", "request.userInfo");
  const groups = own(user, "groups") ?? [];
  if (!asArray(groups)?.every((group) => typeof group === "string")) {
    throw new Malformed("request.userInfo.groups is not a list of strings");
  }
  return {
    username: text(user, "username", "request.userInfo.username"),
    groups: groups as readonly string[],
  };
}

function embedded(request: JsonObject, key: "object" | "oldObject"): JsonObject | undefined {
  const value = own(request, key) ?? undefined;
  if (value === undefined) return undefined;
  return objectAt(request, key, `request.${key}`);
}

function objectAt(parent: JsonObject | undefined, key: string, path: string): JsonObject {
  const value = asObject(own(parent, key));
  if (value === undefined) throw new Malformed(`${path} is not an object`);
  return value;
}

/** Absent and null are "", as Go decodes them. */
function text(parent: JsonObject, key: string, path: string): string {
  const value = own(parent, key) ?? "";
  if (typeof value !== "string") throw new Malformed(`${path} is not a string`);
  return value;
}

function requiredText(parent: JsonObject, key: string, path: string): string {
  const value = text(parent, key, path);
  if (value === "") throw new Malformed(`${path} is missing`);
  return value;
}
