import assert from "node:assert/strict";
import { isUtf8 } from "node:buffer";
import { isDeepStrictEqual } from "node:util";
import { applyAsApiServer } from "./api-server-patch.ts";

/** One answer of a webhook, and what it answers. */
export interface WebhookReply {
  readonly httpStatus: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly rawBody: string | Buffer;
  readonly endpoint: "mutating" | "validating";
  /** The `request` of the AdmissionReview that was sent. */
  readonly request: {
    readonly uid: string;
    readonly operation: string;
    readonly object?: unknown;
  };
}

const MIB = 1024 * 1024;
/** The API server stores annotations under `<webhook name>/<key>`. */
const QUALIFIED_NAME = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;
const CONTROL = /\p{Cc}/u;
const STANDARD_BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** Fails with every reason for which the API server would call this reply invalid or lose a part of it. */
export function assertAcceptedByApiServer(reply: WebhookReply): void {
  assert.deepEqual(problemsOf(reply), []);
}

/**
 * The checks of k8s.io/apiserver (webhook/request/admissionreview.go, the dispatchers, the warning
 * and audit code), written again from its behaviour; nothing is shared with src. Empty when fine.
 */
export function problemsOf(reply: WebhookReply): string[] {
  const problems: string[] = [];
  const body = Buffer.from(reply.rawBody);
  if (reply.httpStatus !== 200) problems.push(`HTTP status is ${reply.httpStatus}`);
  if (!/^application\/json(;|$)/.test(String(reply.headers["content-type"]))) {
    problems.push("content type is not application/json");
  }
  if (body.length >= MIB) problems.push("reply is not below 1 MiB");
  if (!isUtf8(body)) problems.push("body is not UTF-8");
  const review = parse(body.toString("utf8"));
  if (review === undefined) return [...problems, "body is not a JSON object"];
  if (review["apiVersion"] !== "admission.k8s.io/v1") problems.push("apiVersion is wrong");
  if (review["kind"] !== "AdmissionReview") problems.push("kind is wrong");
  const response = review["response"];
  if (!isObject(response)) return [...problems, "response is absent"];
  if (response["uid"] !== reply.request.uid) problems.push("uid differs");
  if (typeof response["allowed"] !== "boolean") problems.push("allowed is not a boolean");
  return [
    ...problems,
    ...statusProblems(response),
    ...warningProblems(response["warnings"]),
    ...annotationProblems(response["auditAnnotations"]),
    ...patchProblems(response, reply),
  ];
}

function parse(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function statusProblems(response: Record<string, unknown>): string[] {
  const status = response["status"];
  if (status !== undefined && !isObject(status)) return ["status is not an object"];
  if (response["allowed"] !== false) return [];
  const problems: string[] = [];
  const code = status?.["code"];
  if (typeof code !== "number" || code < 400 || code > 599) problems.push("denial code is not 4xx");
  const message = status?.["message"];
  if (typeof message !== "string" || message.trim() === "") problems.push("denial has no message");
  if (typeof status?.["reason"] !== "string") problems.push("denial has no reason");
  if (status?.["status"] === "Success") problems.push("denial has status Success");
  return problems;
}

function warningProblems(warnings: unknown): string[] {
  if (warnings === undefined) return [];
  if (!Array.isArray(warnings)) return ["warnings is not a list"];
  const problems: string[] = [];
  let runes = 0;
  for (const warning of warnings) {
    if (typeof warning !== "string") {
      problems.push("warning is not a string");
      continue;
    }
    runes += [...warning].length;
    if (warning.trim() === "") problems.push("warning is empty");
    if (CONTROL.test(warning)) problems.push("warning with a control character is dropped");
    if (!warning.isWellFormed()) problems.push("warning is not well-formed");
    if ([...warning].length > 256) problems.push("warning may be cut to 256 runes");
  }
  if (runes > 4096) problems.push("warnings exceed 4096 runes and are cut");
  if (new Set(warnings).size < warnings.length) problems.push("warnings repeat");
  return problems;
}

function annotationProblems(annotations: unknown): string[] {
  if (annotations === undefined) return [];
  if (!isObject(annotations)) return ["auditAnnotations is not an object"];
  return Object.entries(annotations).flatMap(([key, value]) => [
    ...(key.length <= 63 && QUALIFIED_NAME.test(key) ? [] : [`annotation key ${key} is invalid`]),
    ...(typeof value === "string" ? [] : [`annotation ${key} is not a string`]),
  ]);
}

function patchProblems(response: Record<string, unknown>, reply: WebhookReply): string[] {
  const { patch, patchType } = response;
  if (reply.endpoint === "validating") {
    const given = ["patch", "patchType"].filter((key) => response[key] !== undefined);
    return given.map((key) => `validating webhook may not return ${key}`);
  }
  if (patch === undefined && patchType === undefined) return [];
  if (patch === undefined) return ["patchType without patch"];
  if (patchType === undefined) return ["patch without patchType"];
  if (patchType !== "JSONPatch") return ["patchType is not JSONPatch"];
  if (typeof patch !== "string" || patch === "" || !STANDARD_BASE64.test(patch)) {
    return ["patch is not standard base64"];
  }
  if (response["allowed"] !== true) return ["patch beside a denial"];
  if (!isObject(reply.request.object))
    return [`patch on ${reply.request.operation} without object`];
  if (reply.request.operation === "DELETE") return ["patch on DELETE"];
  return applyProblems(Buffer.from(patch, "base64").toString("utf8"), reply.request.object);
}

function applyProblems(text: string, object: Record<string, unknown>): string[] {
  let operations: unknown;
  try {
    operations = JSON.parse(text);
  } catch {
    return ["patch is not JSON"];
  }
  if (!Array.isArray(operations)) return ["patch is not an array"];
  if (operations.length === 0) return ["patch is empty"];
  try {
    const patched = applyAsApiServer(object, operations);
    if (!isObject(patched)) return ["patched object is not an object"];
    const moved = ["apiVersion", "kind"].filter(
      (key) => !isDeepStrictEqual(patched[key], object[key]),
    );
    return moved.map((key) => `patch changes ${key}`);
  } catch (error) {
    return [`patch does not apply: ${(error as Error).message}`];
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
