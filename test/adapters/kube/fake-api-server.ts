import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { dig, type JsonObject, ownArray } from "../../../src/kubernetes/json.ts";
import { nameOf, namespaceOf } from "../../../src/kubernetes/object.ts";
import { discoveryAt } from "./fake-discovery.ts";
import { mergeApplied, mergePatch } from "./fake-patches.ts";

export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

type Fault = (request: SeenRequest, response: ServerResponse) => boolean;

interface Watcher {
  readonly collection: string;
  readonly selector: string | null;
  readonly response: ServerResponse;
}

interface Stored {
  readonly path: string;
  readonly collection: string;
  readonly namespace: string;
  readonly object: JsonObject;
}

/** As much of an API server as a client can tell: list, watch, paging, bookmarks, CAS, apply. */
export class FakeApiServer {
  readonly requests: SeenRequest[] = [];
  readonly #server: Server;
  readonly #objects = new Map<string, Stored>();
  readonly #watchers = new Set<Watcher>();
  readonly #history: { version: number; collection: string; namespace: string; line: string }[] =
    [];
  readonly #served = new Set<string>();
  #faults: Fault[] = [];
  #version = 100;
  #oldest = 0;

  private constructor(server: Server) {
    this.#server = server;
  }

  /** `served` lists collections as they are listed across namespaces: `/api/v1/pods`. */
  static async start(...served: readonly string[]): Promise<FakeApiServer> {
    const server = createServer();
    const fake = new FakeApiServer(server);
    for (const path of served) fake.#served.add(path);
    server.on("request", (request, response) => void fake.#handle(request, response));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return fake;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get watchers(): number {
    return this.#watchers.size;
  }

  serve(collection: string): void {
    this.#served.add(collection);
  }

  unserve(collection: string): void {
    this.#served.delete(collection);
  }

  /** Handles matching requests instead of the server until it is called off by returning false. */
  fault(fault: Fault): void {
    this.#faults.push(fault);
  }

  /** Answers the next `times` requests that match with a status. */
  fail(match: (request: SeenRequest) => boolean, status: number, options: FailOptions = {}): void {
    let left = options.times ?? 1;
    this.fault((request, response) => {
      if (left <= 0 || !match(request)) return false;
      left -= 1;
      response.writeHead(status, { "content-type": "application/json", ...options.headers });
      response.end(options.body ?? JSON.stringify(statusOf(status)));
      return true;
    });
  }

  /** Creates or replaces an object; `collection` without namespace, as in `served`. */
  put(collection: string, object: JsonObject): JsonObject {
    const stored = this.#stored(collection, object);
    const known = this.#objects.get(stored.path);
    const version = this.#next();
    const metadata = {
      uid: dig(known?.object, "metadata", "uid") ?? `uid-${version}`,
      ...(object["metadata"] as JsonObject),
      resourceVersion: String(version),
    };
    const next = { ...object, metadata };
    this.#objects.set(stored.path, { ...stored, object: next });
    this.#emit(stored, known === undefined ? "ADDED" : "MODIFIED", next);
    return next;
  }

  get(path: string): JsonObject | undefined {
    return this.#objects.get(path)?.object;
  }

  remove(path: string): void {
    const stored = this.#objects.get(path);
    if (stored === undefined) return;
    this.#objects.delete(path);
    const metadata = { ...(stored.object["metadata"] as JsonObject) };
    this.#emit(stored, "DELETED", {
      ...stored.object,
      metadata: { ...metadata, resourceVersion: String(this.#next()) },
    });
  }

  bookmark(): void {
    const object = { kind: "Bookmark", metadata: { resourceVersion: String(this.#version) } };
    this.send(`${JSON.stringify({ type: "BOOKMARK", object })}\n`);
  }

  /** Raw text to every open watch. */
  send(text: string): void {
    for (const { response } of this.#watchers) response.write(text);
  }

  /** Ends every open watch, politely or by cutting the line. */
  endWatches(politely = true): void {
    for (const { response } of this.#watchers) {
      if (politely) response.end();
      else response.destroy();
    }
  }

  /** From now on every version up to the present one is too old. */
  compact(): void {
    this.#oldest = this.#next();
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #handle(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(message.url ?? "/", "http://fake");
    let body = "";
    for await (const chunk of message) body += String(chunk);
    const request: SeenRequest = {
      method: message.method ?? "",
      path: url.pathname,
      query: url.searchParams,
      headers: message.headers,
      body,
    };
    this.requests.push(request);
    if (this.#faults.some((fault) => fault(request, response))) return;
    const { collection, namespace, name } = splitPath(request.path);
    if (!this.#served.has(collection)) {
      const discovery = discoveryAt(request.path, this.#served);
      if (discovery === undefined) return answer(response, 404, "404 page not found");
      const etag = `"${createHash("sha256").update(JSON.stringify(discovery)).digest("hex")}"`;
      response.setHeader("etag", etag);
      const isKnown = request.headers["if-none-match"] === etag;
      return isKnown ? void response.writeHead(304).end() : answer(response, 200, discovery);
    }
    if (name !== undefined) return this.#single(request, response);
    if (request.query.get("watch") === "true") return this.#watch(request, response, collection);
    this.#list(request, response, collection, namespace);
  }

  #list(request: SeenRequest, response: ServerResponse, collection: string, namespace: string) {
    const { query } = request;
    const all = [...this.#objects.values()].filter(
      (stored) =>
        stored.collection === collection &&
        (namespace === "" || stored.namespace === namespace) &&
        matches(query.get("fieldSelector"), stored.object),
    );
    const start = Number(query.get("continue") ?? "0");
    // Like the real one, which serves from its cache without paging.
    const limit = query.get("resourceVersion") === "0" ? all.length : Number(query.get("limit"));
    const end = start + (limit || all.length);
    const metadata = {
      resourceVersion: String(this.#version),
      ...(end < all.length ? { continue: String(end) } : {}),
    };
    const items = all.slice(start, end).map(({ object }) => withoutType(object));
    answer(response, 200, { kind: "List", metadata, items });
  }

  #watch(request: SeenRequest, response: ServerResponse, collection: string) {
    const since = Number(request.query.get("resourceVersion"));
    if (since < this.#oldest) return answer(response, 410, statusOf(410));
    const selector = request.query.get("fieldSelector");
    response.writeHead(200, { "content-type": "application/json" }).flushHeaders();
    const watcher = { collection, selector, response };
    this.#watchers.add(watcher);
    response.on("close", () => this.#watchers.delete(watcher));
    for (const event of this.#history) {
      if (event.version > since && event.collection === collection) response.write(event.line);
    }
  }

  #single(request: SeenRequest, response: ServerResponse) {
    const stored = this.#objects.get(request.path);
    if (stored === undefined) return answer(response, 404, statusOf(404));
    if (request.method === "GET") return answer(response, 200, stored.object);
    const patch = JSON.parse(request.body) as JsonObject;
    for (const key of ["resourceVersion", "uid"]) {
      const wanted = dig(patch, "metadata", key);
      if (wanted !== undefined && wanted !== dig(stored.object, "metadata", key)) {
        return answer(response, 409, statusOf(409));
      }
    }
    const isApply = request.headers["content-type"] === "application/apply-patch+yaml";
    const manager = request.query.get("fieldManager") ?? "";
    const next = isApply
      ? mergeApplied(stored.object, patch, manager)
      : mergePatch(stored.object, patch);
    answer(response, 200, this.put(stored.collection, next));
  }

  #stored(collection: string, object: JsonObject): Stored {
    const namespace = namespaceOf(object) ?? "";
    const name = nameOf(object) ?? "";
    const slash = collection.lastIndexOf("/");
    const folder =
      namespace === ""
        ? collection
        : `${collection.slice(0, slash)}/namespaces/${namespace}${collection.slice(slash)}`;
    return { path: `${folder}/${name}`, collection, namespace, object };
  }

  #emit(stored: Stored, type: string, object: JsonObject): void {
    const line = `${JSON.stringify({ type, object })}\n`;
    const { collection, namespace } = stored;
    this.#history.push({ version: this.#version, collection, namespace, line });
    for (const { response, selector, ...watcher } of this.#watchers) {
      if (watcher.collection === collection && matches(selector, object)) response.write(line);
    }
  }

  #next(): number {
    this.#version += 1;
    return this.#version;
  }
}

interface FailOptions {
  readonly times?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Items of a typed list say neither apiVersion nor kind. */
function withoutType(object: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(object).filter(([key]) => key !== "apiVersion" && key !== "kind"),
  );
}

function statusOf(code: number): JsonObject {
  return { kind: "Status", apiVersion: "v1", status: "Failure", message: `status ${code}`, code };
}

function answer(response: ServerResponse, status: number, body: JsonObject | string): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(typeof body === "string" ? body : JSON.stringify(body));
}

function matches(selector: string | null, object: JsonObject): boolean {
  return selector === null || selector === `metadata.name=${nameOf(object)}`;
}

/** `/api/v1/namespaces/a/pods/b` → collection `/api/v1/pods`, namespace a, name b. */
function splitPath(path: string) {
  const parts = path.split("/").slice(1);
  const root = parts.splice(0, parts[0] === "api" ? 2 : 3).join("/");
  const namespaced = parts[0] === "namespaces" && parts.length > 2;
  const [, namespace = ""] = namespaced ? parts.splice(0, 2) : [];
  return { collection: `/${root}/${parts[0] ?? ""}`, namespace, name: parts[1] };
}

export function isList(request: SeenRequest): boolean {
  return request.method === "GET" && request.query.has("limit");
}

export function isWatch(request: SeenRequest): boolean {
  return request.query.has("watch");
}

export function entryNames(configuration: JsonObject | undefined): unknown[] {
  return ownArray(configuration, "webhooks").map((entry) => dig(entry, "name"));
}
