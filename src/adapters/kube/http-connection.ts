import http from "node:http";
import https from "node:https";
import { StringDecoder } from "node:string_decoder";
import type { ApiHeaders, ApiRequest, ApiResponse, ApiStream, Connection } from "./api-client.ts";
import type { RequestCredentials } from "./credentials.ts";
import { KubeError, transportError } from "./kube-error.ts";

const DEFAULT_TIMEOUT_MS = 30_000;
/** Below the 90 s of the API server, so that it is us who close an idle connection. */
const IDLE_MS = 60_000;
/** Lists of many kinds start together; more of them at once only cost memory. */
const MAX_SOCKETS = 4;

/** Connection over node:http(s) with keep-alive for calls and one socket per watch. */
export class HttpConnection implements Connection {
  readonly server: string;
  readonly namespace: string | undefined;
  readonly #credentials: RequestCredentials;
  readonly #calls: http.Agent;
  readonly #watches: http.Agent;

  constructor(credentials: RequestCredentials) {
    const { Agent } = credentials.server.protocol === "http:" ? http : https;
    this.server = credentials.server.href.replace(/\/$/, "");
    this.namespace = credentials.namespace;
    this.#credentials = credentials;
    this.#calls = new Agent({ keepAlive: true, maxSockets: MAX_SOCKETS, timeout: IDLE_MS });
    this.#watches = new Agent({ keepAlive: false });
  }

  async request(request: ApiRequest): Promise<ApiResponse> {
    const response = await this.#call(request);
    if (response.status !== 401) return response;
    await this.#credentials.reset();
    return this.#call(request);
  }

  async stream(request: ApiRequest): Promise<ApiStream> {
    const response = await this.#send(request, this.#watches);
    if (response.statusCode === 401) await this.#credentials.reset();
    return {
      status: response.statusCode ?? 0,
      headers: response.headers as ApiHeaders,
      chunks: response as AsyncIterable<Buffer>,
    };
  }

  close(): void {
    this.#calls.destroy();
    this.#watches.destroy();
  }

  async #call(request: ApiRequest): Promise<ApiResponse> {
    try {
      return await this.#exchange(request);
    } catch (error) {
      // The server closed a kept-alive connection just as we used it; a read may be sent again.
      if (request.method !== "GET" || !isReset(error)) throw error;
      return this.#exchange(request);
    }
  }

  async #exchange(request: ApiRequest): Promise<ApiResponse> {
    const timeoutMs = request.timeoutMs ?? DEFAULT_TIMEOUT_MS;
    const timeout = new AbortController();
    const timer = setTimeout(() => timeout.abort(), timeoutMs).unref();
    const onAbort = () => timeout.abort();
    request.signal?.addEventListener("abort", onAbort, { once: true });
    if (request.signal?.aborted) onAbort();
    try {
      const response = await this.#send({ ...request, signal: timeout.signal }, this.#calls);
      return await readAnswer(response);
    } catch (error) {
      if (!timeout.signal.aborted || request.signal?.aborted) {
        throw transportError(error, this.server);
      }
      const text = `the API server ${this.server} did not answer within ${timeoutMs / 1000} s; check its load and the network`;
      throw new KubeError("unreachable", text, { cause: error });
    } finally {
      clearTimeout(timer);
      request.signal?.removeEventListener("abort", onAbort);
    }
  }

  async #send(request: ApiRequest, ownAgent: http.Agent): Promise<http.IncomingMessage> {
    const { headers, tls, agent } = await this.#credentials.authorize();
    const url = this.#url(request);
    const { request: open } = url.protocol === "http:" ? http : https;
    const { promise, resolve, reject } = Promise.withResolvers<http.IncomingMessage>();
    const call = open(url, {
      ...tls,
      method: request.method,
      agent: agent ?? ownAgent,
      headers: {
        accept: "application/json",
        "user-agent": "keymate-guard",
        ...lengthOf(request.body),
        ...request.headers,
        ...headers,
      },
      ...(request.signal === undefined ? {} : { signal: request.signal }),
    });
    call.on("response", resolve);
    call.on("error", (error) => reject(transportError(error, this.server)));
    call.end(request.body);
    return promise;
  }

  #url(request: ApiRequest): URL {
    const url = new URL(this.server + request.path);
    for (const [key, value] of Object.entries(request.query ?? {})) {
      url.searchParams.set(key, String(value));
    }
    return url;
  }
}

/**
 * Decoded as it comes: a page of megabytes as one buffer, and once more as one text, left holes in the
 * C heap that no collection gives back.
 */
async function readAnswer(response: http.IncomingMessage): Promise<ApiResponse> {
  const decoder = new StringDecoder("utf8");
  let body = "";
  let bytes = 0;
  for await (const chunk of response) {
    body += decoder.write(chunk as Buffer);
    bytes += (chunk as Buffer).length;
  }
  body += decoder.end();
  return { status: response.statusCode ?? 0, headers: response.headers as ApiHeaders, body, bytes };
}

function lengthOf(body: string | undefined): Readonly<Record<string, string>> {
  return body === undefined ? {} : { "content-length": String(Buffer.byteLength(body)) };
}

function isReset(error: unknown): boolean {
  const cause = error instanceof KubeError ? error.cause : error;
  return (cause as NodeJS.ErrnoException | undefined)?.code === "ECONNRESET";
}
