import type { Clock } from "../../usecases/ports/clock.ts";
import type { ApiHeaders, Connection } from "./api-client.ts";

const SECOND_MS = 1_000;

/** Compares our clock with the API server's, by the Date header of each answer. */
export class ClockSkew {
  readonly #clock: Clock;
  #ms: number | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * How many milliseconds the API server's clock was ahead of ours at the latest answer, at least;
   * 0 as far as the way there and back explains it, undefined before the first answer.
   */
  get ms(): number | undefined {
    return this.#ms;
  }

  /** Time as the API server has it, which is who judges the dates of certificates. */
  get serverClock(): Clock {
    const clock = this.#clock;
    return {
      now: () => clock.now() + (this.#ms ?? 0),
      sleep: (ms, signal) => clock.sleep(ms, signal),
    };
  }

  /** The same connection, with every answer to a request compared. */
  through(connection: Connection): Connection {
    return {
      server: connection.server,
      namespace: connection.namespace,
      request: async (request) => {
        const sent = this.#clock.now();
        const answer = await connection.request(request);
        this.#compare(answer.headers, sent);
        return answer;
      },
      stream: (request) => connection.stream(request),
      close: () => connection.close(),
    };
  }

  #compare(headers: ApiHeaders, sent: number): void {
    const date = Date.parse(headers["date"] ?? "");
    if (Number.isNaN(date)) return;
    const received = this.#clock.now();
    // The header has whole seconds and was written at some moment between the two.
    const least = date - Math.max(sent, received);
    const most = date + SECOND_MS - Math.min(sent, received);
    this.#ms = least > 0 ? least : Math.min(most, 0);
  }
}
