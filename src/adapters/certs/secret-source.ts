import type {
  CertificateSource,
  ServingCertificate,
  SharedCertificate,
  SourceHealth,
} from "../../usecases/ports/certificate-source.ts";
import type { Clock } from "../../usecases/ports/clock.ts";
import type { Logger } from "../../usecases/ports/logger.ts";
import type { SecretSnapshot, SecretStore } from "../../usecases/ports/secret-store.ts";
import { toServing } from "./certificate-set.ts";
import { CurrentCertificate } from "./current-certificate.ts";
import { errorText } from "./error-text.ts";
import { type IssueOptions, issueSet } from "./issue.ts";
import { inspectPair } from "./pair.ts";
import { type Callers, Patience } from "./patience.ts";
import { backoffMs, lastCallMs, othersMs, tickMs } from "./renewal.ts";
import { fitForService, type PlanContext, planSecret } from "./secret-plan.ts";
import { annotationsOf, classify, type ManagedSet, type SecretState } from "./secret-state.ts";
import { waitingFor } from "./secret-waiting.ts";
import type { SecretWrite } from "./secret-write.ts";
import { SharedLook } from "./shared-look.ts";
import { WakeableLoop } from "./wakeable-loop.ts";

export interface SecretSourceOptions {
  readonly store: SecretStore;
  readonly issue: IssueOptions;
  /** `--ca-overlap` */
  readonly caOverlapMs: number;
  /** `--ca-drop` */
  readonly caDropMs: number;
  /** Best the API server's time: it is who judges the dates. */
  readonly clock: Clock;
  readonly logger: Logger;
  /** A number in [0, 1). */
  readonly random: () => number;
  /** What callers are told; without it the overlap alone counts. */
  readonly callers?: Callers | undefined;
  /** How far the API server's clock is ahead of ours (`Date` header), once that is known. */
  readonly clockSkewMs?: () => number | undefined;
}

/** Beyond, a replica reads but does not write. */
const SKEW_MAX_MS = 300_000;
/** Between looks while the first certificate waits for others. */
const IMPATIENT_MS = 1_000;
/** Writes lost to other replicas before backing off. */
const ATTEMPTS = 8;

/**
 * The self-managed source in a cluster: CA and leaf in one Secret, whose resourceVersion is the
 * only lock. Every replica runs the same state machine and any of them does what is due. Whatever
 * happens to the Secret, the last good pair stays in service.
 */
export class SecretSource implements CertificateSource {
  readonly #options: SecretSourceOptions;
  readonly #current: CurrentCertificate;
  readonly #loop: WakeableLoop;
  readonly #look: SharedLook;
  readonly #patience: Patience;
  #memory: ManagedSet | undefined;
  #failures = 0;

  constructor(options: SecretSourceOptions) {
    this.#options = options;
    this.#current = new CurrentCertificate(options.logger, "certificate Secret");
    this.#loop = new WakeableLoop(options.clock, () => this.#step());
    this.#patience = new Patience(options.callers, othersMs(shortestLife(options.issue)));
    this.#look = new SharedLook(options.logger, () => this.#loop.wake());
  }

  get shared(): SharedCertificate {
    return this.#look;
  }

  current(): ServingCertificate | undefined {
    return this.#current.value;
  }

  start(signal: AbortSignal): Promise<void> {
    // A change is only a reason to read: events may be older than what was read last.
    this.#options.store.watch(() => this.#loop.wake(), signal);
    return this.#loop.start(signal);
  }

  health(): SourceHealth {
    return this.#current.health(this.#options.clock.now());
  }

  onChange(listener: (certificate: ServingCertificate) => void): void {
    this.#current.onChange(listener);
  }

  async #step(): Promise<number> {
    const { issue, random, store } = this.#options;
    try {
      const reason = await this.#reconcile();
      this.#failures = 0;
      this.#current.note(reason);
      const tick = tickMs(shortestLife(issue), random());
      return this.#patience.isWaiting ? Math.min(tick, IMPATIENT_MS) : tick;
    } catch (error) {
      this.#failures += 1;
      const [text, name] = [errorText(error), store.description];
      this.#current.note(text.includes(name) ? text : `${name}: ${text}`);
      return backoffMs(this.#failures, random());
    }
  }

  /** Resolves with what is wrong, undefined when all is well. */
  async #reconcile(): Promise<string | undefined> {
    const { store } = this.#options;
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const look = this.#look.begin();
      const snapshot = await this.#read();
      // After the read: an answer may take long, and a suspended machine longer.
      const context = this.#context();
      const state = classify(snapshot, context);
      this.#adopt(state, context);
      this.#look.found(state.kind, this.#memory?.generation);
      const action = planSecret(state, this.#memory, context);
      if (state.kind === "valid" && this.#memory === state.managed) this.#look.confirm(look);
      this.#current.waiting(waitingFor(state, context));
      if (action.kind !== "write" || !action.isAlone) this.#patience.forget();
      if (action.kind === "serve") return undefined;
      if (action.kind === "wait") return `${store.description}: ${action.reason}`;
      if (Math.abs(this.#options.clockSkewMs?.() ?? 0) > SKEW_MAX_MS) {
        return "this clock and the API server's differ by more than 5 minutes, so nothing is written";
      }
      const reason = await this.#patience.reasonToWait(action, context);
      if (reason !== undefined) return void this.#current.waiting(reason);
      await this.#write(action, context);
    }
    throw new Error("other replicas keep changing it");
  }

  async #read(): Promise<SecretSnapshot | undefined> {
    try {
      return await this.#options.store.read();
    } catch (error) {
      this.#look.found("unreadable", this.#memory?.generation);
      throw error;
    }
  }

  /** Whoever wins, the next read tells. */
  async #write(action: SecretWrite, { names, now }: PlanContext): Promise<void> {
    const { issue, logger, store } = this.#options;
    const { base, after, resourceVersion, why } = action;
    const set = action.issue === undefined ? base : await issueSet(base, action.issue, issue, now);
    const pair = { cert: set["tls.crt"], key: set["tls.key"], ca: set["ca.crt"] };
    const [problem] = inspectPair(pair, { names, now });
    // Written all the same it would be replaced at once, by every replica, for ever.
    if (problem !== undefined) throw new Error(`a new certificate is unfit: ${problem.message}`);
    const annotations = annotationsOf({ set, ...after });
    const { outcome } = await store.write({ data: set, annotations }, resourceVersion);
    logger.info({ why, generation: after.generation, outcome }, "certificate Secret written");
  }

  #adopt(state: SecretState, context: PlanContext): void {
    if (state.kind !== "valid" && state.kind !== "corrupt") return;
    const memory = this.#memory && fitForService(this.#memory, context);
    if (memory !== undefined) {
      const newer = state.managed.generation - memory.managed.generation;
      // Whoever was asleep during a rotation takes what others serve, whatever else is wrong.
      if (newer < 0 || (newer === 0 && state.kind === "corrupt")) return;
    }
    // Without its CA key a pair can still be served while a new CA is made.
    if (state.examination.leafProblems.length > 0) return;
    this.#memory = state.managed;
    this.#current.swap(toServing(state.managed.set, context.now));
  }

  #context(): PlanContext {
    const { callers, caDropMs, caOverlapMs, clock, issue } = this.#options;
    return {
      names: issue.names,
      now: clock.now(),
      overlapMs: caOverlapMs,
      dropMs: caDropMs,
      trustedSince: callers?.trustedSince ?? (() => 0),
      published: callers?.published ?? (() => ""),
      lastCallMs: lastCallMs(shortestLife(issue)),
    };
  }
}

function shortestLife({ leafLifeMs, caLifeMs }: IssueOptions): number {
  return Math.min(leafLifeMs, caLifeMs);
}
