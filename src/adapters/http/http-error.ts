/** A request that is refused before it is a review. */
export interface HttpError {
  readonly status: number;
  /** Stable, kebab-case. */
  readonly code: string;
  /** Names what to do; never repeats what was sent. */
  readonly message: string;
}

/** The body of every answer that is not a decision. */
export function errorBody(error: HttpError): string {
  return JSON.stringify({ error: { code: error.code, message: error.message } });
}

export const HTTP_ERRORS = {
  notFound: {
    status: 404,
    code: "not-found",
    message: "no such path; reviews go to /mutate, /validate or /validate/fail",
  },
  methodNotAllowed: {
    status: 405,
    code: "method-not-allowed",
    message: "reviews are sent with POST",
  },
  timedOut: {
    status: 408,
    code: "request-timeout",
    message: "the request took too long to arrive",
  },
  tooLarge: { status: 413, code: "body-too-large", message: "no review is larger than 32 MiB" },
  tooDeep: {
    status: 400,
    code: "too-deep",
    message: "no review nests deeper than 10,050 levels",
  },
  tooMany: {
    status: 413,
    code: "too-many-values",
    message: "no review holds more than 2,000,000 values",
  },
  mediaType: {
    status: 415,
    code: "unsupported-media-type",
    message: "send Content-Type: application/json, without Content-Encoding",
  },
  busy: {
    status: 429,
    code: "too-many-bytes-in-flight",
    message: "too many large reviews at once; try again in a second",
  },
  headersTooLarge: { status: 431, code: "headers-too-large", message: "the headers are too large" },
  empty: { status: 400, code: "empty-body", message: "the body is empty" },
  malformed: {
    status: 400,
    code: "malformed-request",
    message: "this is not a valid HTTP request",
  },
  failed: { status: 500, code: "internal-error", message: "the guard failed to answer" },
} as const satisfies Record<string, HttpError>;
