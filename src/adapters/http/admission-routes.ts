import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import {
  ADMISSION_PATHS,
  type AdmissionPath,
  type AdmissionRequest,
} from "../../usecases/ports/admission.ts";
import type { Metrics } from "../../usecases/ports/metrics.ts";
import type { Monotonic } from "../../usecases/ports/monotonic.ts";
import { PROBE_PATH, probeAnswer } from "../../usecases/webhooks/probe.ts";
import { AdmissionHandler, type HandlerDeps } from "./admission-handler.ts";
import { encodeResponse } from "./admission-response.ts";
import { decodeReview } from "./admission-review.ts";
import { type BodyLimits, BodyReader, Refusal } from "./body-reader.ts";
import { errorBody, HTTP_ERRORS, type HttpError } from "./http-error.ts";
import type { Load } from "./load.ts";

export interface RouteDeps extends HandlerDeps {
  readonly load: Load;
  readonly limits: BodyLimits;
  /** What this process is called among the replicas that answer probes. */
  readonly replica: string;
}

/** What the body parser hands on. */
interface Received {
  readonly bytes: Buffer;
  /** When the request began, monotonic milliseconds. */
  readonly startedAt: number;
  readonly reader: BodyReader;
}

const paths: ReadonlySet<string> = new Set([...ADMISSION_PATHS, PROBE_PATH]);

/** POST /mutate, /validate, /validate/fail and /probe; every other answer has the error shape. */
export function addAdmissionRoutes(app: FastifyInstance, deps: RouteDeps): void {
  addBodyParser(app, deps.load, deps.limits, deps.monotonic);
  for (const path of ADMISSION_PATHS) app.post(path, routeHandler(path, deps));
  app.post(PROBE_PATH, probeHandler(deps));
  app.setNotFoundHandler((request, reply) => refuse(deps, request, reply, missing(request)));
  app.setErrorHandler((error, request, reply) =>
    refuse(deps, request, reply, request.is404 ? missing(request) : translate(error)),
  );
}

function routeHandler(path: AdmissionPath, deps: RouteDeps) {
  const handler = new AdmissionHandler(path, deps);
  return (request: FastifyRequest, reply: FastifyReply): void => {
    const answer = decide(handler, request);
    if (typeof answer === "string") {
      send(deps.load, request, reply, answer);
    } else if (answer instanceof Promise) {
      answer.then(
        (body) => send(deps.load, request, reply, body),
        () => refuse(deps, request, reply, HTTP_ERRORS.failed),
      );
    } else {
      refuse(deps, request, reply, answer);
    }
  };
}

/** Says who answers and judges nothing. The next probe is to reach whom the Service picks anew. */
function probeHandler(deps: RouteDeps) {
  const warnings = [probeAnswer(deps.replica)];
  return (request: FastifyRequest, reply: FastifyReply): void => {
    const review = reviewOf(request);
    if ("error" in review) {
      refuse(deps, request, reply, review.error);
    } else {
      const decision = { ...NOTHING_FOUND, warnings };
      reply.header("connection", "close");
      send(deps.load, request, reply, encodeResponse(review.request.uid, decision));
    }
  };
}

const NOTHING_FOUND = {
  allowed: true,
  outcome: "warned",
  annotations: {},
  findings: [],
  faults: [],
} as const;

function decide(
  handler: AdmissionHandler,
  request: FastifyRequest,
): string | Promise<string> | HttpError {
  const review = reviewOf(request);
  if ("error" in review) return review.error;
  return handler.answer(review.request, request.raw.url ?? "", review.startedAt);
}

function reviewOf(
  request: FastifyRequest,
):
  | { readonly request: AdmissionRequest; readonly startedAt: number }
  | { readonly error: HttpError } {
  const encoding = request.headers["content-encoding"];
  if (encoding !== undefined && encoding !== "identity") return { error: HTTP_ERRORS.mediaType };
  const received = request.body as Received | undefined;
  if (received === undefined) return { error: HTTP_ERRORS.empty };
  const decoded = decodeReview(received.bytes);
  if ("error" in decoded) return decoded;
  return { request: decoded.request, startedAt: received.startedAt };
}

function addBodyParser(
  app: FastifyInstance,
  load: Load,
  limits: BodyLimits,
  monotonic: Monotonic,
): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("application/json", (_request, payload, done) => {
    const startedAt = monotonic();
    const reader = new BodyReader(limits, load, (error, bytes) =>
      done(error, bytes && ({ bytes, startedAt, reader } satisfies Received)),
    );
    reader.read(payload);
  });
}

function send(load: Load, request: FastifyRequest, reply: FastifyReply, body: string): void {
  (request.body as Received | undefined)?.reader.release();
  reply.header("content-type", "application/json");
  if (load.draining) reply.header("connection", "close");
  // A serializer keeps Fastify from adding a charset; a string goes out in one write with its head.
  reply.serializer(asItIs).send(body);
}

/** Answers in the error shape. */
export function refuse(
  deps: { readonly load: Load; readonly metrics: Metrics },
  request: FastifyRequest,
  reply: FastifyReply,
  error: HttpError,
): void {
  deps.metrics.refused(error.status);
  reply.code(error.status);
  if (error.status === 405) reply.header("allow", "POST");
  // An integer Retry-After is what makes the API server try again.
  if (error.status === 429) reply.header("retry-after", "1");
  send(deps.load, request, reply, errorBody(error));
}

function asItIs(body: unknown): string {
  return body as string;
}

function missing(request: FastifyRequest): HttpError {
  const path = (request.raw.url ?? "").split("?", 1)[0] ?? "";
  return paths.has(path) ? HTTP_ERRORS.methodNotAllowed : HTTP_ERRORS.notFound;
}

function translate(error: unknown): HttpError {
  if (error instanceof Refusal) return error.answer;
  const status = (error as { statusCode?: unknown }).statusCode;
  if (status === 413) return HTTP_ERRORS.tooLarge;
  if (status === 415) return HTTP_ERRORS.mediaType;
  return typeof status === "number" && status < 500 ? HTTP_ERRORS.malformed : HTTP_ERRORS.failed;
}
