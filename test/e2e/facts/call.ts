import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import type { TLSSocket } from "node:tls";

export interface ReviewedObject {
  readonly metadata: { readonly name: string };
}

export interface ReviewRequest {
  readonly uid: string;
  readonly operation: string;
  readonly name?: string;
  readonly namespace?: string;
  readonly userInfo: { readonly username: string };
  readonly object: ReviewedObject | null;
  readonly oldObject: ReviewedObject | null;
}

/** One call as it arrived. */
export interface Call {
  readonly at: number;
  readonly path: string;
  readonly query: string;
  readonly bytes: number;
  readonly text: string;
  readonly headers: IncomingHttpHeaders;
  readonly rawHeaders: readonly string[];
  readonly httpVersion: string;
  readonly tlsVersion: string | null;
  readonly serverName: string;
  /** Numbers the connections in the order in which they came. */
  readonly connection: number;
  /** From the first byte of the head to the end of the body, in milliseconds. */
  readonly receiveMs: number;
  readonly parseMs: number;
  readonly request: ReviewRequest;
}

export async function readCall(message: IncomingMessage, connection: number): Promise<Call> {
  const at = performance.now();
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  const receiveMs = performance.now() - at;
  const body = Buffer.concat(chunks);
  const text = body.toString("utf8");
  const { request } = JSON.parse(text);
  const parseMs = performance.now() - at - receiveMs;
  const [path = "", query = ""] = (message.url ?? "").split("?");
  const socket = message.socket as TLSSocket & { servername?: string | false };
  return {
    at,
    path,
    query,
    bytes: body.length,
    text,
    headers: message.headers,
    rawHeaders: message.rawHeaders,
    httpVersion: message.httpVersion,
    tlsVersion: socket.getProtocol(),
    serverName: String(socket.servername),
    connection,
    receiveMs,
    parseMs,
    request,
  };
}
