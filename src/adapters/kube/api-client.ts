/** A raw call of the Kubernetes API. */
export interface ApiRequest {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Absolute, segments already encoded: `/api/v1/namespaces`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | boolean>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal?: AbortSignal;
  /** Milliseconds until the whole answer is there; default 30,000. Not for streams. */
  readonly timeoutMs?: number;
}

export type ApiHeaders = Readonly<Record<string, string | undefined>>;

export interface ApiResponse {
  readonly status: number;
  readonly headers: ApiHeaders;
  readonly body: string;
  /** Length of the body on the wire. */
  readonly bytes: number;
}

export interface ApiStream {
  readonly status: number;
  readonly headers: ApiHeaders;
  /** The body as it comes; leaving the loop closes the connection. */
  readonly chunks: AsyncIterable<Buffer>;
}

/** Raw JSON over HTTP to one API server. Any status is an answer; no answer is a KubeError. */
export interface Connection {
  /** Base URL, for messages. */
  readonly server: string;
  /** Our own namespace in a cluster, or that of the kubeconfig context. */
  readonly namespace: string | undefined;
  request(request: ApiRequest): Promise<ApiResponse>;
  /** Resolves when the headers are there. Ends only by the server or by the signal. */
  stream(request: ApiRequest): Promise<ApiStream>;
  /** Closes idle connections; running calls go on. */
  close(): void;
}
