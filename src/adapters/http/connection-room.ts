/** What it takes of a socket. */
export interface Connection {
  readonly remoteAddress?: string | undefined;
  readonly remotePort?: number | undefined;
  destroy(): unknown;
  once(event: "close", listener: () => void): unknown;
}

/**
 * Room for so many connections. Past that one makes way, or whoever opens the most and says the least
 * would keep the API server out: the oldest that has had no answer yet, or, where those that idle after
 * one are the more, the one that idles the longest. Never one whose later request is under way.
 */
export class ConnectionRoom {
  readonly #limit: number;
  /** By address and port: TLS carries requests on another socket than the one that was opened. */
  readonly #open = new Map<string, Connection>();
  readonly #unanswered = new Set<string>();
  /** The longest idle first. */
  readonly #idle = new Set<string>();
  /** What carries requests keeps its key for all of them. */
  readonly #keys = new WeakMap<Connection, string>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  opened(connection: Connection): void {
    const key = keyOf(connection);
    this.#open.set(key, connection);
    this.#unanswered.add(key);
    connection.once("close", () => {
      if (this.#open.get(key) === connection) this.#forget(key);
    });
    if (this.#open.size > this.#limit) this.#makeRoom(key);
  }

  /** A request begins. */
  busy(carrier: Connection): void {
    this.#idle.delete(this.#keyOf(carrier));
  }

  /** An answer is complete; only a decision makes the connection worth more than a new one. */
  answered(carrier: Connection, decided: boolean): void {
    const key = this.#keyOf(carrier);
    if (!this.#open.has(key)) return;
    if (decided) this.#unanswered.delete(key);
    if (!this.#unanswered.has(key)) this.#idle.add(key);
  }

  #makeRoom(newest: string): void {
    const group = this.#unanswered.size > this.#idle.size ? this.#unanswered : this.#idle;
    const [oldest = newest] = group;
    const leaving = this.#open.get(oldest);
    this.#forget(oldest);
    leaving?.destroy();
  }

  #keyOf(carrier: Connection): string {
    let key = this.#keys.get(carrier);
    if (key === undefined) {
      key = keyOf(carrier);
      this.#keys.set(carrier, key);
    }
    return key;
  }

  #forget(key: string): void {
    this.#open.delete(key);
    this.#unanswered.delete(key);
    this.#idle.delete(key);
  }
}

function keyOf({ remoteAddress, remotePort }: Connection): string {
  return `${remoteAddress} ${remotePort}`;
}
