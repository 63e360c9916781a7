import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

export interface ForwarderOptions {
  /** Loopback ports. */
  readonly backends: readonly number[];
  /** The port to listen on; a free one when left out. */
  readonly port?: number;
}

export interface Forwarder {
  readonly port: number;
  /** The whole list, in force at once; pending removals are called off. */
  setBackends(ports: readonly number[]): void;
  /** Takes a backend out after the lag; until then it is dialled as before. */
  remove(port: number, lagMs: number): void;
  /** How often each backend was chosen. */
  dials(): ReadonlyMap<number, number>;
  /** How many connections lead to a backend now. */
  connections(port: number): number;
  stop(): Promise<void>;
}

/** Joins both ways; a reset on one side resets the other, as on one wire. */
function join(client: Socket, backend: Socket): void {
  for (const [from, to] of [
    [client, backend],
    [backend, client],
  ] as const) {
    from.on("error", () => to.resetAndDestroy());
    from.once("close", () => to.destroy());
    from.pipe(to);
  }
}

/**
 * Stands in for kube-proxy: spreads new connections over the backends in turn and leaves
 * established ones alone. A refused dial is not tried elsewhere: the client gets a reset, where
 * kube-proxy's packet rules would show it the refusal itself.
 */
export async function startForwarder(options: ForwarderOptions): Promise<Forwarder> {
  let backends = [...options.backends];
  let turn = 0;
  const chosen = new Map<number, number>();
  const open = new Map<number, number>();
  const sockets = new Set<Socket>();
  const removals = new Map<number, NodeJS.Timeout>();

  const track = (socket: Socket) => {
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.once("close", () => sockets.delete(socket));
  };
  const callOff = (port: number) => {
    clearTimeout(removals.get(port));
    removals.delete(port);
  };

  const server = createServer({ allowHalfOpen: true }, (client) => {
    track(client);
    const port = backends[turn % backends.length];
    turn += 1;
    if (port === undefined) {
      client.on("error", () => {});
      client.resetAndDestroy();
      return;
    }
    chosen.set(port, (chosen.get(port) ?? 0) + 1);
    const backend = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
    track(backend);
    open.set(port, (open.get(port) ?? 0) + 1);
    backend.once("close", () => open.set(port, (open.get(port) ?? 0) - 1));
    join(client, backend);
  });
  await once(server.listen(options.port ?? 0, "127.0.0.1"), "listening");

  return {
    port: (server.address() as AddressInfo).port,
    setBackends(ports) {
      backends = [...ports];
      for (const port of removals.keys()) callOff(port);
    },
    remove(port, lagMs) {
      callOff(port);
      const drop = () => {
        backends = backends.filter((other) => other !== port);
        removals.delete(port);
      };
      removals.set(port, setTimeout(drop, lagMs).unref());
    },
    dials: () => chosen,
    connections: (port) => open.get(port) ?? 0,
    async stop() {
      for (const port of removals.keys()) callOff(port);
      const closed = once(server, "close");
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
