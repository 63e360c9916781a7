import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** What HTTP/2 keeps a connection alive with; late, the client would give it up. */
const PROMPT = new Set([4, 6, 7, 8]);
const HEAD_BYTES = 9;

export interface LateEtcd {
  /** For `--etcd-servers-overrides`. */
  readonly url: string;
  /** How late answers and watch events are from now on, milliseconds. */
  delay(ms: number): void;
  stop(): Promise<void>;
}

/** Cuts a stream of HTTP/2 frames at their ends. */
function frameSplitter(take: (frame: Buffer) => void): (chunk: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0);
  return (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    while (rest.length >= HEAD_BYTES) {
      const end = HEAD_BYTES + rest.readUIntBE(0, 3);
      if (rest.length < end) return;
      take(rest.subarray(0, end));
      rest = rest.subarray(end);
    }
  };
}

/**
 * Stands before etcd for one API server, or for some of its resources: what the store says comes
 * late and in order, as on an API server whose watch cache is behind. Connections stay alive.
 */
export async function startLateEtcd(etcdUrl: string): Promise<LateEtcd> {
  const { port } = new URL(etcdUrl);
  const sockets = new Set<Socket>();
  let ms = 0;
  const track = (socket: Socket) => {
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on("error", () => {});
    socket.once("close", () => sockets.delete(socket));
  };
  const server = createServer((client) => {
    const etcd = connect({ port: Number(port), host: "127.0.0.1" });
    for (const socket of [client, etcd]) track(socket);
    client.pipe(etcd);
    let due = 0;
    const split = frameSplitter((frame) => {
      const isPrompt = PROMPT.has(frame.readUInt8(3));
      const now = performance.now();
      if (!isPrompt) due = Math.max(due, now + ms);
      if (isPrompt || due <= now) client.write(frame);
      else setTimeout(() => client.destroyed || client.write(frame), due - now).unref();
    });
    etcd.on("data", split);
    etcd.once("close", () => client.destroy());
    client.once("close", () => etcd.destroy());
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    delay(next) {
      ms = next;
    },
    async stop() {
      const closed = once(server, "close");
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
