import { once } from "node:events";
import { Agent, type RequestOptions } from "node:https";
import { type ConnectionOptions, connect, type TLSSocket } from "node:tls";
import { createAuthority, issueLeaf } from "../../../src/adapters/certs/authority.ts";
import {
  type AdmissionServer,
  buildAdmissionServer,
  type ServerSettings,
} from "../../../src/adapters/http/server.ts";
import type { Decision } from "../../../src/engine/decision.ts";
import type {
  AdmissionPath,
  AdmissionRequest,
  Admit,
} from "../../../src/usecases/ports/admission.ts";
import type { Clock } from "../../../src/usecases/ports/clock.ts";
import type { Logger } from "../../../src/usecases/ports/logger.ts";
import type { Metrics } from "../../../src/usecases/ports/metrics.ts";
import { type Answer, post } from "../../support/https-post.ts";

const YEAR_MS = 365 * 86_400_000;

const validity = { now: Date.now(), lifeMs: YEAR_MS };
const authority = createAuthority({ commonName: "test", generation: 1, ...validity });

export const CA = authority.cert;

/** A fresh leaf for localhost, signed by `CA`. */
export function newPair(): { cert: string; key: string } {
  return issueLeaf(authority, { names: ["localhost"], ips: ["127.0.0.1"], ...validity });
}

export const ALLOW: Decision = {
  allowed: true,
  outcome: "allowed",
  warnings: [],
  annotations: {},
  findings: [],
  faults: [],
};

export const DENY: Decision = {
  ...ALLOW,
  allowed: false,
  outcome: "denied",
  message: "Pod a/b: 1 finding\n[res] x",
  findings: [{ rule: "res", mode: "enforce" }],
};

/** `sleep` ends only by its signal, so that no deadline passes by itself. */
export const PATIENT_CLOCK: Clock = {
  now: () => 0,
  sleep: (_ms, signal) =>
    new Promise((resolve) => {
      signal?.addEventListener("abort", () => resolve());
    }),
};

export interface LogLine {
  readonly level: string;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly message: string;
}

export function recordingLogger(): { logger: Logger; lines: LogLine[] } {
  const lines: LogLine[] = [];
  const at = (level: string) => (fields: LogLine["fields"], message: string) => {
    lines.push({ level, fields, message });
  };
  const logger = { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
  return { logger, lines };
}

export interface Recorded {
  readonly admissions: { path: AdmissionPath; request: AdmissionRequest; decision: Decision }[];
  readonly refused: number[];
}

function recordingMetrics(): { metrics: Metrics; recorded: Recorded } {
  const recorded: Recorded = { admissions: [], refused: [] };
  const metrics: Metrics = {
    admission: (path, request, decision) => recorded.admissions.push({ path, request, decision }),
    finding: () => {},
    internalError: () => {},
    refused: (status) => recorded.refused.push(status),
  };
  return { metrics, recorded };
}

export interface Guard extends AsyncDisposable {
  readonly server: AdmissionServer;
  readonly port: number;
  readonly recorded: Recorded;
  readonly lines: LogLine[];
  readonly agent: Agent;
  /** POST as the API server does, unless told otherwise. */
  send(path: string, body: string | Buffer, options?: RequestOptions): Promise<Answer>;
  /** A bare TLS connection, handshake done. */
  connect(options?: ConnectionOptions): Promise<TLSSocket>;
}

export interface GuardOptions {
  readonly admit?: Admit;
  readonly clock?: Clock;
  readonly monotonic?: () => number;
  readonly settings?: Partial<ServerSettings>;
  readonly metrics?: Metrics;
}

/** A server on a free loopback port, with fakes for everything behind it. */
export async function startGuard(options: GuardOptions = {}): Promise<Guard> {
  const { logger, lines } = recordingLogger();
  const { metrics, recorded } = recordingMetrics();
  const server = buildAdmissionServer({
    admit: options.admit ?? (() => ALLOW),
    logger,
    metrics: options.metrics ?? metrics,
    monotonic: options.monotonic ?? (() => performance.now()),
    clock: options.clock ?? PATIENT_CLOCK,
    timeoutMs: 5_000,
    replica: "r1",
    tls: { minVersion: "TLSv1.2" },
    ...(options.settings === undefined ? {} : { settings: options.settings }),
  });
  server.swap(newPair());
  const { port } = await server.listen({ host: "127.0.0.1", port: 0 });
  const agent = new Agent({ keepAlive: true, maxSockets: 32, ca: CA });
  return {
    server,
    port,
    recorded,
    lines,
    agent,
    send: (path, body, extra) => post({ port, agent, path, ...extra }, body),
    connect: async (extra) => {
      const socket = connect({ port, host: "127.0.0.1", ca: CA, ...extra });
      await once(socket, "secureConnect");
      return socket;
    },
    [Symbol.asyncDispose]: async () => {
      agent.destroy();
      const stopped = server.stopAccepting();
      server.closeAllConnections();
      await stopped;
    },
  };
}

/** The `request` of a review that creates a Pod. */
export function reviewRequest(overrides: Record<string, unknown> = {}) {
  return {
    uid: "705ab4f5-6393-11e8-b7cc-42010a800002",
    kind: { group: "", version: "v1", kind: "Pod" },
    resource: { group: "", version: "v1", resource: "pods" },
    name: "b",
    namespace: "a",
    operation: "CREATE",
    userInfo: { username: "alice", groups: ["devs"] },
    object: { apiVersion: "v1", kind: "Pod", metadata: { name: "b", namespace: "a" } },
    oldObject: null,
    dryRun: false,
    options: { apiVersion: "meta.k8s.io/v1", kind: "CreateOptions" },
    ...overrides,
  };
}

export function review(overrides: Record<string, unknown> = {}): string {
  const request = reviewRequest(overrides);
  return JSON.stringify({ kind: "AdmissionReview", apiVersion: "admission.k8s.io/v1", request });
}

/** The `response` of a reply. */
export function responseOf(reply: Answer): Record<string, unknown> {
  return (JSON.parse(reply.body) as { response: Record<string, unknown> }).response;
}

/** The code of an answer in the error shape; fails on any other. */
export function errorCode(reply: Answer): string {
  const { error } = JSON.parse(reply.body) as { error: { code: string; message: string } };
  if (typeof error.message !== "string" || error.message === "") throw new Error("no message");
  return error.code;
}
