import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { ADMISSION_PATHS, type AdmissionPath } from "../../usecases/ports/admission.ts";
import type { Metrics } from "../../usecases/ports/metrics.ts";
import type { Monotonic } from "../../usecases/ports/monotonic.ts";
import { AdmissionHandler, type HandlerDeps } from "./admission-handler.ts";
import { decodeReview } from "./admission-review.ts";
import { type BodyLimits, BodyReader, Refusal } from "./body-reader.ts";
import { errorBody, HTTP_ERRORS, type HttpError } from "./http-error.ts";
import type { Load } from "./load.ts";

export interface RouteDeps extends HandlerDeps {
  readonly load: Load;
  readonly limits: BodyLimits;
}

/** What the body parser hands on. */
interface Received {
  readonly bytes: Buffer;
  /** When the request began, monotonic milliseconds. */
  readonly startedAt: number;
  readonly reader: BodyReader;
}

const paths: ReadonlySet<string> = new Set(ADMISSION_PATHS);

/** POST /mutate, /validate and /validate/fail; every other answer has the error shape. */
export function addAdmissionRoutes(app: FastifyInstance, deps: RouteDeps): void {
  addBodyParser(app, deps.load, deps.limits, deps.monotonic);
  for (const path of ADMISSION_PATHS) app.post(path, routeHandler(path, deps));
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

function decide(
  handler: AdmissionHandler,
  request: FastifyRequest,
): string | Promise<string> | HttpError {
  const encoding = request.headers["content-encoding"];
  if (encoding !== undefined && encoding !== "identity") return HTTP_ERRORS.mediaType;
  const received = request.body as Received | undefined;
  if (received === undefined) return HTTP_ERRORS.empty;
  const decoded = decodeReview(received.bytes);
  if ("error" in decoded) return decoded.error;
  return handler.answer(decoded.request, request.raw.url ?? "", received.startedAt);
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
