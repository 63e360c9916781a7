import { asObject, dig, type JsonObject, ownString } from "../../kubernetes/json.ts";

export type KubeErrorCode =
  | "unreachable"
  | "untrusted-server"
  | "unauthorized"
  | "forbidden"
  | "not-found"
  /** The resource exists, but not in the version that was asked for. */
  | "other-version"
  /** It is served in another version that we can read. */
  | "moved"
  | "conflict"
  /** The resourceVersion or continue token is too old: list again. */
  | "expired"
  | "throttled"
  | "invalid"
  | "server-error"
  /** The answer is not what the Kubernetes API promises. */
  | "garbled"
  | "stalled"
  | "kubeconfig";

interface KubeErrorDetails {
  readonly cause?: unknown;
  readonly status?: number;
  readonly retryAfterMs?: number;
}

/** One sentence for the user that names what to do, and a stable code for the program. */
export class KubeError extends Error {
  readonly code: KubeErrorCode;
  /** HTTP status; undefined when there was no answer. */
  readonly status: number | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(code: KubeErrorCode, message: string, details: KubeErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = "KubeError";
    this.code = code;
    this.status = details.status;
    this.retryAfterMs = details.retryAfterMs;
  }
}

export interface FailedAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
}

const codes: Readonly<Record<number, KubeErrorCode>> = {
  401: "unauthorized",
  403: "forbidden",
  404: "not-found",
  409: "conflict",
  410: "expired",
  429: "throttled",
};

/** The error for an answer of the API server that is not a success. `what` as in `deployments.apps`. */
export function answerError(answer: FailedAnswer, verb: string, what: string): KubeError {
  const { status } = answer;
  const code = codes[status] ?? (status >= 500 || status < 400 ? "server-error" : "invalid");
  const retryAfterMs = retryAfter(answer.headers["retry-after"]);
  const message = sentence(code, verb, what, statusMessage(answer));
  return new KubeError(code, message, {
    status,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}

/** The error for a Status object, as a watch event of type ERROR carries it. */
export function statusError(status: JsonObject | undefined, verb: string, what: string): KubeError {
  const code = dig(status, "code");
  const seconds = dig(status, "details", "retryAfterSeconds");
  return answerError(
    {
      status: typeof code === "number" ? code : 500,
      headers: { "retry-after": typeof seconds === "number" ? String(seconds) : undefined },
      body: JSON.stringify({ message: ownString(status, "message") ?? "" }),
    },
    verb,
    what,
  );
}

function sentence(code: KubeErrorCode, verb: string, what: string, detail: string): string {
  switch (code) {
    case "unauthorized":
      return `cannot ${verb} ${what}: the API server does not accept the credentials; renew the token or client certificate`;
    case "forbidden":
      return `cannot ${verb} ${what}: needs permission "${verb}" on ${what}; grant it to this account by RBAC (${detail})`;
    case "not-found":
      return `cannot ${verb} ${what}: the API server does not know it`;
    default:
      return `cannot ${verb} ${what}: ${detail}`;
  }
}

function statusMessage(answer: FailedAnswer): string {
  const message = ownString(parseObject(answer.body), "message") ?? answer.body;
  const line = message.replace(/\s+/g, " ").trim().slice(0, 300);
  return line === "" ? `status ${answer.status}` : `status ${answer.status}, ${line}`;
}

/** The text as a JSON object, or undefined when it is anything else. */
export function parseObject(text: string): JsonObject | undefined {
  try {
    return asObject(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** A proxy that asks for a day's patience must not leave the cache blind for a day. */
const MOST_PATIENCE_MS = 60_000;

function retryAfter(header: string | undefined): number | undefined {
  if (header === undefined || !/^\d{1,15}$/.test(header)) return undefined;
  return Math.min(Number(header) * 1000, MOST_PATIENCE_MS);
}

/** The error for a request that got no answer. */
export function transportError(error: unknown, server: string): KubeError {
  if (error instanceof KubeError) return error;
  const cause = error instanceof Error ? error : new Error(String(error));
  const code = String((cause as NodeJS.ErrnoException).code ?? "");
  if (/CERT|SIGNATURE|ISSUER|ALTNAME/.test(code)) {
    return new KubeError(
      "untrusted-server",
      `the certificate of the API server ${server} is not trusted (${cause.message}); check certificate-authority in the kubeconfig`,
      { cause },
    );
  }
  return new KubeError(
    "unreachable",
    `the API server ${server} cannot be reached (${cause.message || code}); check that it runs and that the kubeconfig names the right one`,
    { cause },
  );
}
