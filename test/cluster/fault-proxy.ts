import { once } from "node:events";
import { request as httpRequest, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer, request as httpsRequest, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import type { KeyPair } from "./pki.ts";

export interface ProxiedRequest {
  readonly path: string;
  readonly query: URLSearchParams;
  readonly isWatch: boolean;
  /** Milliseconds by the proxy's clock. */
  readonly at: number;
  /** What the client was told; undefined while it waits. */
  status?: number;
}

export type Match = (request: ProxiedRequest) => boolean;

/**
 * What becomes of a request: an `answer` of the proxy's own; `hang`, taken and never answered;
 * `drop`, its connection is closed; `mute`, the head of the answer passes and no byte of its body.
 */
export type Fault =
  | {
      readonly do: "answer";
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string;
    }
  | { readonly do: "hang" | "drop" | "mute" };

/** An answer on its way to the client; a watch is one for as long as it is open. */
interface Flow {
  readonly request: ProxiedRequest;
  readonly response: ServerResponse;
  muted: boolean;
  cutNext: boolean;
}

export interface FaultProxyOptions {
  /** Base URL, https or http. */
  readonly upstream: string;
  /** What an https upstream is verified by. */
  readonly ca: string;
  /** What the proxy itself shows. */
  readonly serving: KeyPair;
  readonly now?: () => number;
}

const everything: Match = () => true;

/** Stands between a client and an API server, ends the TLS of both, and breaks what it is told to. */
export class FaultProxy {
  readonly requests: ProxiedRequest[] = [];
  readonly #options: FaultProxyOptions;
  readonly #server: Server;
  readonly #flows = new Set<Flow>();
  readonly #faults = new Set<{ readonly match: Match; readonly fault: Fault }>();
  #upstream: string;

  private constructor(options: FaultProxyOptions) {
    this.#options = options;
    this.#upstream = options.upstream;
    this.#server = createServer({ ...options.serving });
    this.#server.on("request", (request, response) => this.#take(request, response));
  }

  static async start(options: FaultProxyOptions): Promise<FaultProxy> {
    const proxy = new FaultProxy(options);
    await once(proxy.#server.listen(0, "127.0.0.1"), "listening");
    return proxy;
  }

  get url(): string {
    return `https://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Where new requests go; those under way stay where they are. */
  setUpstream(url: string): void {
    this.#upstream = url;
  }

  /** Holds for new requests until the returned function lifts it; of several the first counts. */
  fault(match: Match, fault: Fault): () => void {
    const entry = { match, fault };
    this.#faults.add(entry);
    return () => void this.#faults.delete(entry);
  }

  watches(match: Match = everything): number {
    return this.#select(match).length;
  }

  /** Open watches stay open for ever and carry nothing any more. */
  mute(match: Match = everything): void {
    for (const flow of this.#select(match)) flow.muted = true;
  }

  /** Closes open watches without an end. */
  drop(match: Match = everything): void {
    for (const { response } of this.#select(match)) response.destroy();
  }

  /** Of the next bytes of open watches the first half passes, then the connection is closed. */
  cutNext(match: Match = everything): void {
    for (const flow of this.#select(match)) flow.cutNext = true;
  }

  /** Puts text of our own into open watches. */
  send(text: string, match: Match = everything): void {
    for (const { response, muted } of this.#select(match)) if (!muted) response.write(text);
  }

  async stop(): Promise<void> {
    const closed = once(this.#server, "close");
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  #select(match: Match): readonly Flow[] {
    return [...this.#flows].filter(({ request }) => request.isWatch && match(request));
  }

  #take(request: IncomingMessage, response: ServerResponse): void {
    const { pathname: path, searchParams: query } = new URL(request.url ?? "/", this.url);
    const isWatch = query.get("watch") === "true";
    const at = (this.#options.now ?? Date.now)();
    const seen: ProxiedRequest = { path, query, isWatch, at };
    this.requests.push(seen);
    const fault = [...this.#faults].find(({ match }) => match(seen))?.fault;
    switch (fault?.do) {
      case "hang":
        return;
      case "drop":
        response.destroy();
        return;
      case "answer":
        seen.status = fault.status;
        response.writeHead(fault.status, fault.headers).end(fault.body);
        return;
      default:
        this.#forward(seen, request, response, fault?.do === "mute");
    }
  }

  #forward(
    seen: ProxiedRequest,
    request: IncomingMessage,
    response: ServerResponse,
    muted: boolean,
  ): void {
    const url = new URL(request.url ?? "/", this.#upstream);
    const send = url.protocol === "http:" ? httpRequest : httpsRequest;
    const { host: _, connection: __, ...headers } = request.headers;
    const { method } = request;
    const call = send(url, { method, headers, ca: this.#options.ca, agent: false });
    const flow: Flow = { request: seen, response, muted, cutNext: false };
    call.on("response", (answer) => this.#relay(flow, answer));
    call.on("error", () => flow.muted || response.destroy());
    response.on("close", () => {
      this.#flows.delete(flow);
      call.destroy();
    });
    request.pipe(call);
  }

  #relay(flow: Flow, answer: IncomingMessage): void {
    const { response, request } = flow;
    const { connection: _, ...headers } = answer.headers;
    request.status = answer.statusCode ?? 502;
    response.writeHead(request.status, headers);
    response.flushHeaders();
    this.#flows.add(flow);
    answer.on("data", (chunk: Buffer) => {
      if (flow.muted) return;
      if (!flow.cutNext) response.write(chunk);
      else response.write(chunk.subarray(0, chunk.length >> 1), () => response.destroy());
    });
    // A silent peer does not say either that it is gone.
    answer.on("end", () => flow.muted || response.end());
    answer.on("error", () => flow.muted || response.destroy());
  }
}
