import type { IncomingMessage, ServerResponse } from "node:http";
import type { Server } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import type { SecureContextOptions } from "node:tls";
import fastify, { type FastifyInstance } from "fastify";
import type { HandlerDeps } from "./admission-handler.ts";
import { addAdmissionRoutes, type RouteDeps, refuse } from "./admission-routes.ts";
import { bind } from "./bind.ts";
import { answerBrokenRequest } from "./client-errors.ts";
import type { Drainable } from "./drain.ts";
import { HTTP_ERRORS } from "./http-error.ts";
import { Load } from "./load.ts";
import { NO_SCHEMAS } from "./no-schemas.ts";

/** What may differ from the defaults; times in milliseconds. */
export interface ServerSettings {
  /** Longer than the 90 s that the API server keeps idle connections, or requests race our close. */
  readonly keepAliveTimeout: number;
  /** For a whole request to arrive. */
  readonly requestTimeout: number;
  readonly headersTimeout: number;
  /** How often the two above are enforced. */
  readonly connectionsCheckingInterval: number;
  readonly handshakeTimeout: number;
  /** Bytes: escaped, the largest review is some 27 MiB. */
  readonly bodyBytes: number;
  /** Bytes of all unanswered bodies together. */
  readonly budgetBytes: number;
  readonly maxConnections: number;
}

const MIB = 1024 * 1024;

const DEFAULTS: ServerSettings = {
  keepAliveTimeout: 120_000,
  requestTimeout: 15_000,
  headersTimeout: 10_000,
  connectionsCheckingInterval: 2_000,
  handshakeTimeout: 10_000,
  bodyBytes: 32 * MIB,
  budgetBytes: 64 * MIB,
  maxConnections: 2_000,
};

export interface AdmissionServerDeps extends HandlerDeps {
  /** What this process is called among the replicas that answer probes. */
  readonly replica: string;
  /** The full set of TLS options but the pair: what a swap leaves out is reset. */
  readonly tls: SecureContextOptions;
  readonly settings?: Partial<ServerSettings>;
}

/** Certificate and key, with whatever else of the TLS options goes with them. */
export type ServingPair = SecureContextOptions &
  Required<Pick<SecureContextOptions, "cert" | "key">>;

export interface AdmissionServer extends Drainable {
  /**
   * Puts a certificate into service; connections that are open keep theirs. Throws when the pair
   * cannot be used, and then the one before stays.
   */
  swap(pair: ServingPair): void;
  /** Binds once a certificate is in service; port 0 takes a free one. Rejects as net.Server does. */
  listen(address: { readonly host?: string; readonly port: number }): Promise<AddressInfo>;
}

/** The HTTPS server that the Kubernetes API server calls. Nothing listens until `listen`. */
export function buildAdmissionServer(deps: AdmissionServerDeps): AdmissionServer {
  const settings = { ...DEFAULTS, ...deps.settings };
  const load = new Load();
  const routeDeps = { ...deps, load, limits: settings };
  const app = buildApp(settings, routeDeps);
  addAdmissionRoutes(app, routeDeps);
  app.server.maxConnections = settings.maxConnections;
  observe(app.server, load, deps);
  let certified = false;
  return {
    load,
    swap: (pair) => {
      // OpenSSL takes an empty pair and then serves nobody.
      if (!pair.cert?.length || !pair.key?.length) throw new Error("certificate or key is empty");
      app.server.setSecureContext({ ...deps.tls, ...pair });
      certified = true;
    },
    listen: async ({ host, port }) => {
      if (!certified) throw new Error("no certificate is in service yet");
      await app.ready();
      // Not through Fastify: for `localhost` it would open a second server that no swap reaches.
      return bind(app.server, port, host);
    },
    stopAccepting: () => app.close(),
    closeAllConnections: () => app.server.closeAllConnections(),
  };
}

function buildApp(settings: ServerSettings, deps: RouteDeps): FastifyInstance<Server> {
  return fastify({
    https: {
      headersTimeout: settings.headersTimeout,
      connectionsCheckingInterval: settings.connectionsCheckingInterval,
      handshakeTimeout: settings.handshakeTimeout,
    },
    keepAliveTimeout: settings.keepAliveTimeout,
    requestTimeout: settings.requestTimeout,
    bodyLimit: settings.bodyBytes,
    forceCloseConnections: "idle",
    return503OnClosing: false,
    onProtoPoisoning: "ignore",
    onConstructorPoisoning: "ignore",
    logger: false,
    genReqId: noRequestId,
    clientErrorHandler: answerBrokenRequest,
    schemaController: NO_SCHEMAS,
    // A path that cannot be decoded is none of ours.
    frameworkErrors: (_error, request, reply) => refuse(deps, request, reply, HTTP_ERRORS.notFound),
    // The one parameter is read from the URL; a map of all of them is never needed.
    routerOptions: { querystringParser: noQuery },
  });
}

function observe(server: Server, load: Load, deps: HandlerDeps): void {
  server.on("connection", () => {
    load.lastConnectionAt = deps.monotonic();
  });
  server.on("request", (_request: IncomingMessage, response: ServerResponse) => {
    load.requests++;
    response.once("close", () => {
      load.requests--;
    });
  });
  server.on("tlsClientError", (error: NodeJS.ErrnoException, _socket: Socket) => {
    deps.logger.debug({ code: error.code }, "TLS handshake failed");
  });
}

function noRequestId(): string {
  return "";
}

const EMPTY: Record<string, unknown> = Object.freeze({});

function noQuery(): Record<string, unknown> {
  return EMPTY;
}
