/**
 * The load generator: a process of its own, raw HTTP/1.1 over TLS, so that it costs far less than
 * what it measures. One request at a time per connection, as the API server does.
 */
import { connect, type TLSSocket } from "node:tls";
import type { LoadOptions, LoadResult } from "./load.ts";

interface Run {
  readonly requests: readonly Buffer[];
  readonly until: number;
  readonly limit: number;
  readonly latencies: number[];
  readonly statuses: Record<string, number>;
  sent: number;
}

const sockets = new Map<string, TLSSocket[]>();

process.on("message", (options: LoadOptions) => {
  drive(options).then(
    (result) => process.send?.(result),
    (error: unknown) => process.send?.({ error: String(error) }),
  );
});

async function drive(options: LoadOptions): Promise<LoadResult> {
  const connections = await connectionsFor(options);
  const startedAt = performance.now();
  const run: Run = {
    requests: options.bodies.map((body) => requestFor(options, body)),
    until: options.seconds === undefined ? Infinity : startedAt + options.seconds * 1_000,
    limit: options.requests ?? Infinity,
    latencies: [],
    statuses: {},
    sent: 0,
  };
  await Promise.all(connections.map((socket) => keepBusy(socket, run)));
  const seconds = (performance.now() - startedAt) / 1_000;
  const sorted = Float64Array.from(run.latencies).sort();
  const quantile = (share: number) =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return {
    requests: sorted.length,
    seconds,
    p50: quantile(0.5),
    p99: quantile(0.99),
    statuses: run.statuses,
  };
}

/** Connections live on between runs to the same server. */
async function connectionsFor(options: LoadOptions): Promise<readonly TLSSocket[]> {
  const { port, connections, ca, cert, key } = options;
  const open = (sockets.get(`${port}`) ?? []).filter((socket) => !socket.destroyed);
  while (open.length < connections) {
    const socket = connect({ port, host: "127.0.0.1", servername: "localhost", ca, cert, key });
    await new Promise<void>((resolve, reject) => {
      socket.once("secureConnect", resolve);
      socket.once("error", reject);
    });
    socket.setNoDelay(true);
    open.push(socket);
  }
  sockets.set(`${port}`, open);
  return open.slice(0, connections);
}

function requestFor({ path }: LoadOptions, body: string): Buffer {
  const head = [
    `POST ${path} HTTP/1.1`,
    "Host: localhost",
    "User-Agent: kube-apiserver-admission",
    "Accept: application/json, */*",
    "Content-Type: application/json",
    `Content-Length: ${Buffer.byteLength(body)}`,
  ];
  return Buffer.from(`${head.join("\r\n")}\r\n\r\n${body}`);
}

function keepBusy(socket: TLSSocket, run: Run): Promise<void> {
  return new Promise((resolve, reject) => {
    let received = "";
    let sentAt = 0;
    const end = (error?: Error) => {
      socket.removeAllListeners("data").removeAllListeners("error").removeAllListeners("close");
      if (error === undefined) resolve();
      else reject(error);
    };
    const next = () => {
      if (run.sent >= run.limit || performance.now() >= run.until) return end();
      const request = run.requests[run.sent++ % run.requests.length];
      sentAt = performance.now();
      socket.write(request as Buffer);
    };
    socket.on("error", end);
    socket.on("close", () => end(new Error("the server closed a connection")));
    socket.on("data", (chunk: Buffer) => {
      received += chunk.toString("latin1");
      if (!isComplete(received)) return;
      run.latencies.push(performance.now() - sentAt);
      const status = received.slice(9, 12);
      run.statuses[status] = (run.statuses[status] ?? 0) + 1;
      received = "";
      next();
    });
    next();
  });
}

/** Nothing is pipelined, so the last bytes tell the end of a chunked answer. */
function isComplete(received: string): boolean {
  const headEnd = received.indexOf("\r\n\r\n");
  if (headEnd < 0) return false;
  const head = received.slice(0, headEnd).toLowerCase();
  const at = head.indexOf("content-length:");
  if (at < 0) return received.endsWith("\r\n0\r\n\r\n");
  return received.length - headEnd - 4 >= Number.parseInt(head.slice(at + 15), 10);
}
