import type { Clock } from "../../usecases/ports/clock.ts";
import type { Logger } from "../../usecases/ports/logger.ts";
import type { Monotonic } from "../../usecases/ports/monotonic.ts";
import type { Load } from "./load.ts";

/** The parts of a server that a drain works on. */
export interface Drainable {
  readonly load: Load;
  /** Refuses new connections, closes idle ones; resolves when the last one is gone. */
  stopAccepting(): Promise<void>;
  closeAllConnections(): void;
}

export interface DrainDeps {
  readonly server: Drainable;
  readonly clock: Clock;
  readonly monotonic: Monotonic;
  readonly logger: Logger;
  /** Milliseconds to go on accepting at least; 0 ends at once. */
  readonly drainMs: number;
}

/** New connections keep coming until every node knows that this endpoint is gone. */
const QUIET_MS = 5_000;
const ACCEPT_CAP_MS = 25_000;
const IN_FLIGHT_CAP_MS = 10_000;
const STEP_MS = 100;

/**
 * Shuts a server down without failing an admission: it goes on answering, with
 * `Connection: close`, until nobody comes any more, and only then stops.
 */
export class Drain {
  readonly #deps: DrainDeps;
  readonly #hurry = new AbortController();
  #ended: Promise<void> | undefined;

  constructor(deps: DrainDeps) {
    this.#deps = deps;
  }

  /** From the first call of `begin`: readiness has to be false. */
  get draining(): boolean {
    return this.#ended !== undefined;
  }

  /** Resolves when all is closed, after 35 s at most. Further calls give the same promise. */
  begin(): Promise<void> {
    this.#ended ??= this.#run();
    return this.#ended;
  }

  /** Ends a drain at once, requests in flight included: what a second signal asks for. */
  hurry(): Promise<void> {
    this.#hurry.abort();
    return this.begin();
  }

  async #run(): Promise<void> {
    const { server, logger, monotonic, drainMs } = this.#deps;
    const begunAt = monotonic();
    server.load.draining = true;
    logger.info({ drainMs, inFlight: server.load.requests }, "draining");
    if (drainMs > 0) await this.#until(() => this.#isQuiet(begunAt));
    await this.#close();
    logger.info({ ms: Math.round(monotonic() - begunAt) }, "drained");
  }

  #isQuiet(begunAt: number): boolean {
    const { server, monotonic, drainMs } = this.#deps;
    const now = monotonic();
    if (now - begunAt >= ACCEPT_CAP_MS) return true;
    return now - begunAt >= drainMs && now - (server.load.lastConnectionAt ?? begunAt) >= QUIET_MS;
  }

  async #close(): Promise<void> {
    const { server, monotonic, drainMs, logger } = this.#deps;
    const closingAt = monotonic();
    let closed = false;
    const closing = server.stopAccepting().then(
      () => {
        closed = true;
      },
      (error: unknown) => logger.warn({ error: String(error) }, "closing the server failed"),
    );
    await this.#until(() => {
      if (closed || monotonic() - closingAt >= IN_FLIGHT_CAP_MS) return true;
      // A connection that was accepted but not used yet may still carry a request, unless nobody drains.
      return drainMs === 0 && server.load.requests === 0;
    });
    server.closeAllConnections();
    await closing;
  }

  async #until(holds: () => boolean): Promise<void> {
    const { signal } = this.#hurry;
    while (!signal.aborted && !holds()) await this.#deps.clock.sleep(STEP_MS, signal);
  }
}
