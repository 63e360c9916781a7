import type { IncomingHttpHeaders } from "node:http";
import { Agent, request as httpsRequest } from "node:https";
import type { KeyPair } from "./pki.ts";

export interface ApiResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  json<T = unknown>(): T;
}

export type ApiRequest = (
  method: string,
  path: string,
  body?: unknown,
  contentType?: string,
) => Promise<ApiResponse>;

export interface ApiClient {
  request: ApiRequest;
  close(): void;
}

export interface ApiEndpoint {
  readonly server: string;
  readonly ca: string;
  readonly client?: KeyPair;
}

/** A raw client that keeps connections open and shows every answer, errors too, as it came. */
export function createApiClient({ server, ca, client }: ApiEndpoint): ApiClient {
  const agent = new Agent({ keepAlive: true, ca, ...client });

  const request: ApiRequest = (method, path, body, contentType = "application/json") => {
    const payload = body === undefined || typeof body === "string" ? body : JSON.stringify(body);
    const headers: Record<string, string | number> = { accept: "application/json" };
    if (payload !== undefined) {
      headers["content-type"] = contentType;
      headers["content-length"] = Buffer.byteLength(payload);
    }
    return new Promise((resolve, reject) => {
      const sent = httpsRequest(new URL(path, server), { method, agent, headers }, (answer) => {
        const chunks: Buffer[] = [];
        answer.on("data", (chunk: Buffer) => chunks.push(chunk));
        answer.once("error", reject);
        answer.once("end", () => {
          const text = Buffer.concat(chunks).toString("utf8");
          const status = answer.statusCode ?? 0;
          resolve({ status, headers: answer.headers, text, json: () => JSON.parse(text) });
        });
      });
      sent.once("error", reject);
      sent.end(payload);
    });
  };

  return { request, close: () => agent.destroy() };
}
