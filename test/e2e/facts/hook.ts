import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { KeyPair } from "../../cluster/pki.ts";
import { type Call, readCall } from "./call.ts";

/** What goes into "response", next to the uid; "raw" writes an HTTP answer of its own. */
export interface Answer {
  readonly allowed?: boolean;
  readonly status?: object;
  readonly warnings?: readonly string[];
  readonly patch?: unknown;
  readonly auditAnnotations?: Readonly<Record<string, string>>;
  readonly raw?: (answer: ServerResponse) => void;
}

export type Answerer = (call: Call) => Answer;

export interface Hook {
  readonly port: number;
  /** Every call but the probes. */
  readonly calls: Call[];
  /** Names of the objects that probes were made with. */
  readonly probes: Set<string>;
  /** Connections that were opened so far. */
  connections(): number;
  /** Connections that are open now. */
  open(): number;
  answer: Answerer;
  /** Forgets the calls so far. */
  reset(): void;
  stop(): Promise<void>;
}

export const allow: Answerer = () => ({ allowed: true });

function review(uid: string, { patch, raw: _raw, ...response }: Answer): string {
  const patched =
    patch === undefined
      ? {}
      : {
          patchType: "JSONPatch",
          patch: Buffer.from(JSON.stringify(patch)).toString("base64"),
        };
  return JSON.stringify({
    apiVersion: "admission.k8s.io/v1",
    kind: "AdmissionReview",
    response: { uid, allowed: true, ...response, ...patched },
  });
}

/** A plain webhook that keeps connections as long as a sensible one does. */
export async function startHook(pair: KeyPair, answer: Answerer = allow): Promise<Hook> {
  const numbers = new WeakMap<object, number>();
  let connections = 0;
  let open = 0;
  const server = createServer({ ...pair, keepAliveTimeout: 120_000 });
  const hook: Hook = {
    get port() {
      return (server.address() as AddressInfo).port;
    },
    calls: [],
    probes: new Set(),
    connections: () => connections,
    open: () => open,
    answer,
    reset() {
      hook.calls.length = 0;
    },
    async stop() {
      if (!server.listening) return;
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
  server.on("secureConnection", (socket) => {
    connections += 1;
    open += 1;
    socket.once("close", () => {
      open -= 1;
    });
    numbers.set(socket, connections);
  });
  const handle = async (message: IncomingMessage, response: ServerResponse) => {
    const call = await readCall(message, numbers.get(message.socket) ?? 0);
    const probe = call.path.endsWith("/probe");
    if (probe) hook.probes.add(call.request.name ?? "");
    else hook.calls.push(call);
    const given = probe ? allow(call) : hook.answer(call);
    if (given.raw) return given.raw(response);
    response.setHeader("content-type", "application/json");
    response.end(review(call.request.uid, given));
  };
  server.on("request", (message, response) => void handle(message, response));
  await once(server.listen(0, "127.0.0.1"), "listening");
  return hook;
}
