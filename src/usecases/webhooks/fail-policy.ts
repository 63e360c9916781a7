import type { Clock } from "../ports/clock.ts";
import type { Logger } from "../ports/logger.ts";
import { ReplicaRoll } from "./replica-roll.ts";

/** `ignore`: told so, or nothing may be refused · `proving`: still Ignore, until the guard has proved itself · `fail` */
export const FAIL_STAGES = ["ignore", "proving", "fail"] as const;
export type FailStage = (typeof FAIL_STAGES)[number];

const PACE_MS = 2_000;
/** Once raised, or when it takes long: each probe is a line in the API server's audit log. */
const SLOW_PACE_MS = 10_000;
const PATIENCE_MS = 600_000;
/** Probes that may miss a replica, by the luck of the draw, before it counts as gone. */
const MISSES = 15;

export interface FailPolicyOptions {
  readonly setting: "auto" | "ignore" | "fail";
  readonly replicas: number;
  readonly forMs: number;
  /** Whether the policy refuses anything at all. */
  readonly mayRefuse: () => boolean;
  /** Whether the API server has the entries as they should be, the CA of our certificate in each. */
  readonly inSync: () => boolean;
  /** One call of the guard through the API server: the replicas that answered. Rejects with why not. */
  readonly probe: (signal: AbortSignal) => Promise<readonly string[]>;
  /** What is to be written has changed. */
  readonly onRaise: () => void;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Decides between Ignore and Fail. Fail is raised once enough replicas have answered the API server
 * side by side for long enough, and stays: nobody is left to lower it when all are gone, and
 * whoever can stop a replica must not open the door by it.
 */
export class FailPolicy {
  readonly #options: FailPolicyOptions;
  readonly #roll = new ReplicaRoll();
  #raised = false;
  #absent = false;
  #problem: string | undefined;
  #provingSince: number | undefined;
  #told: string | undefined;

  constructor(options: FailPolicyOptions) {
    this.#options = options;
  }

  get stage(): FailStage {
    const { setting, mayRefuse } = this.#options;
    if (setting === "ignore" || !mayRefuse()) return "ignore";
    return setting === "fail" || this.#raised ? "fail" : "proving";
  }

  /** How many replicas answered lately; undefined where nobody counts. */
  get answering(): number | undefined {
    return this.#options.setting === "auto" ? this.#count() : undefined;
  }

  /** What the API server has; `absent` when there is no configuration any more. */
  observe(live: "fail" | "ignore" | "absent"): void {
    if (live === "fail") this.#raised = true;
    this.#absent = live === "absent";
    if (this.#absent) {
      // Whoever brings it back after an emergency gets the proof anew.
      this.#raised = false;
      this.#provingSince = undefined;
      this.#roll.forget();
    }
    this.#tell();
  }

  /** Probes until the signal; with a setting other than auto there is nothing to find out. */
  async run(signal: AbortSignal): Promise<void> {
    this.#tell();
    if (this.#options.setting !== "auto") return;
    while (!signal.aborted) {
      if (this.#options.mayRefuse() && !this.#absent) await this.#prove(signal);
      await this.#options.clock.sleep(this.#pace(), signal);
    }
  }

  async #prove(signal: AbortSignal): Promise<void> {
    const { replicas, forMs, probe, inSync, clock, onRaise } = this.#options;
    this.#provingSince ??= clock.now();
    const answers = await Promise.allSettled(Array.from({ length: replicas }, () => probe(signal)));
    if (signal.aborted) return;
    const heard = answers.flatMap((one) => (one.status === "fulfilled" ? one.value : []));
    this.#roll.heard(heard, clock.now(), this.#window());
    this.#problem = problemOf(answers, heard);
    if (!this.#raised && inSync() && (this.#roll.together(replicas) ?? -1) >= forMs) {
      this.#raised = true;
      onRaise();
    }
    this.#tell();
  }

  /** One sentence: the stage, and what it rests on or waits for. */
  detail(): string {
    const { setting, replicas, forMs, mayRefuse, inSync } = this.#options;
    if (setting === "ignore") return "Ignore, as --fail-policy says";
    if (!mayRefuse()) return "Ignore: the policy refuses nothing";
    if (setting === "fail") return "Fail, as --fail-policy says";
    if (this.#absent) return "nothing is intercepted, so there is nothing to prove";
    const now = this.#count();
    const counted = `${now} of ${replicas} replicas answered the API server`;
    if (this.#raised) return now >= replicas ? `Fail: ${counted}` : `Fail stays: ${counted}`;
    const together = this.#roll.together(replicas);
    const waits = [
      together === undefined
        ? counted
        : `${counted} side by side for ${seconds(together)} of ${seconds(forMs)}`,
      ...(inSync() ? [] : ["the webhook entries are not as they should be"]),
      ...(this.#problem === undefined ? [] : [this.#problem]),
    ];
    return `Ignore until proved: ${waits.join("; ")}`;
  }

  #count(): number {
    return this.#roll.count(this.#options.clock.now(), this.#window());
  }

  #pace(): number {
    const waited = this.#options.clock.now() - (this.#provingSince ?? Number.POSITIVE_INFINITY);
    return this.#raised || waited > PATIENCE_MS ? SLOW_PACE_MS : PACE_MS;
  }

  #window(): number {
    return this.#pace() * MISSES;
  }

  /** One line per change. */
  #tell(): void {
    const { logger, replicas, forMs, clock } = this.#options;
    const { stage } = this;
    const patience = 2 * forMs + MISSES * PACE_MS;
    const waited = clock.now() - (this.#provingSince ?? Number.POSITIVE_INFINITY);
    const short = stage === "fail" && this.#isCounted() && this.#count() < replicas;
    const late = stage === "proving" && waited > patience;
    const now = `${stage} ${short} ${late}`;
    if (now === this.#told) return;
    this.#told = now;
    const fields = { stage, detail: this.detail() };
    if (short) logger.warn(fields, "fewer replicas answer than failure policy Fail asks for");
    else if (late) logger.warn(fields, "failure policy is not raised to Fail");
    else logger.info(fields, "failure policy");
  }

  /** Long enough at it to know how many there are. */
  #isCounted(): boolean {
    if (this.#options.setting !== "auto" || this.#provingSince === undefined) return false;
    return this.#options.clock.now() - this.#provingSince > this.#window();
  }
}

function problemOf(
  answers: readonly PromiseSettledResult<readonly string[]>[],
  heard: readonly string[],
): string | undefined {
  if (heard.length > 0) return undefined;
  const failed = answers.find((one) => one.status === "rejected");
  return failed === undefined
    ? "the API server does not ask the guard about probes yet"
    : String((failed.reason as Error).message);
}

function seconds(ms: number): string {
  return `${Math.floor(ms / 1_000)} s`;
}
