import type { Clock } from "../../usecases/ports/clock.ts";
import type { Logger } from "../../usecases/ports/logger.ts";
import type { Lease } from "./lease.ts";

/** A leader that could not renew for so long stops, while its lease still keeps others away. */
const RENEW_DEADLINE_MS = 10_000;
const RETRY_MS = 2_000;

export interface LeaderElectionOptions {
  readonly lease: Lease;
  readonly clock: Clock;
  readonly monotonic: () => number;
  readonly logger: Logger;
  readonly random: () => number;
  /** Does the work of one term, and ends when the signal says that the term is over. */
  readonly lead: (term: AbortSignal) => Promise<void>;
}

/** One of several processes leads at a time. */
export class LeaderElection {
  readonly #options: LeaderElectionOptions;
  #problem: string | undefined;

  constructor(options: LeaderElectionOptions) {
    this.#options = options;
  }

  /** Why nobody here knows who leads; undefined while that is known. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** Leads, waits and leads again until the signal aborts; then lets go. Never throws. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      if (await this.#hold()) await this.#term(signal);
      await this.#pause(signal);
    }
  }

  async #term(signal: AbortSignal): Promise<void> {
    const { logger, lead, lease } = this.#options;
    logger.info({}, "leading");
    const term = new AbortController();
    const end = () => term.abort();
    signal.addEventListener("abort", end, { once: true });
    const work = lead(term.signal);
    await this.#keep(term, signal);
    end();
    signal.removeEventListener("abort", end);
    await work;
    // Whoever is next must find nobody at work any more.
    await lease.release().catch((error: unknown) => {
      logger.warn({ problem: textOf(error) }, "lease not released, it runs out by itself");
    });
    logger.info({}, "not leading any more");
  }

  /** Resolves when the lease is lost, or the process is to end. */
  async #keep(term: AbortController, signal: AbortSignal): Promise<void> {
    const { monotonic, lease } = this.#options;
    let renewed = monotonic();
    while (!signal.aborted && !term.signal.aborted) {
      await this.#pause(signal);
      if (signal.aborted) return;
      const tried = monotonic();
      const left = renewed + RENEW_DEADLINE_MS - tried;
      if (left <= 0) return;
      // Two requests, which must not outlast the deadline.
      if (await this.#hold(left / 2)) renewed = tried;
      else if (this.#problem === undefined && !lease.isOurs) return;
    }
  }

  /** False while somebody else leads, and where it cannot be told. */
  async #hold(timeoutMs?: number): Promise<boolean> {
    try {
      const isHeld = await this.#options.lease.hold(timeoutMs);
      this.#problem = undefined;
      return isHeld;
    } catch (error) {
      const problem = textOf(error);
      if (problem !== this.#problem) this.#options.logger.warn({ problem }, "lease not renewed");
      this.#problem = problem;
      return false;
    }
  }

  async #pause(signal: AbortSignal): Promise<void> {
    const { clock, random } = this.#options;
    await clock.sleep(RETRY_MS * (1 + random() / 5), signal);
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
