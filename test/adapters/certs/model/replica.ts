import { CallerTrust } from "../../../../src/adapters/certs/caller-trust.ts";
import { SecretSource } from "../../../../src/adapters/certs/secret-source.ts";
import { ClockSkew } from "../../../../src/adapters/kube/clock-skew.ts";
import type {
  SecretSnapshot,
  SecretStore,
  WriteResult,
} from "../../../../src/usecases/ports/secret-store.ts";
import { DAY, ISSUE, MINUTE } from "../support/certificates.ts";
import { FakeLogger } from "../support/fake-logger.ts";
import type { ApiServer, Bundle } from "./api-server.ts";
import { SimClock, type Timeline } from "./timeline.ts";

export interface ReplicaFaults {
  /** Every read and write is refused. */
  forbidden: boolean;
  /** The next write is done and its answer lost. */
  loseNextAnswer: boolean;
  /** How late its watches are, milliseconds. */
  lag: number;
}

/** `--ca-overlap`; short, because each minute of it is a look of each replica. */
export const OVERLAP = 4 * MINUTE;

/** One guard, as far as certificates go: the real source and trust, a plain writer of the entries. */
export class Replica {
  readonly clock: SimClock;
  readonly source: SecretSource;
  /** The leaf that every caller was seen to trust, while nobody else broke that. */
  trusted: string | undefined;
  /** The leaf that need not be trusted, because all was lost, before it is once. */
  givenUp: string | undefined;
  readonly faults: ReplicaFaults = { forbidden: false, loseNextAnswer: false, lag: 0 };
  readonly #api: ApiServer;
  readonly #timeline: Timeline;
  readonly #life = new AbortController();
  readonly #trust: CallerTrust;
  readonly #random: () => number;
  #seen: Bundle | undefined;
  #writing = false;
  #lastRead = Number.NEGATIVE_INFINITY;

  constructor(api: ApiServer, timeline: Timeline, offset: number, random: () => number) {
    this.#api = api;
    this.#timeline = timeline;
    this.#random = random;
    this.clock = new SimClock(timeline);
    this.clock.offset = offset;
    const skew = new ClockSkew(this.clock);
    this.source = new SecretSource({
      store: this.#store(skew),
      issue: ISSUE,
      caOverlapMs: OVERLAP,
      caDropMs: DAY,
      clock: skew.serverClock,
      logger: new FakeLogger(),
      random,
      callers: {
        trustedSince: (ca) => this.#trust.trustedSince(ca),
        published: () => this.#trust.published(),
        hasEntries: () => this.#trust.hasEntries(),
        readBack: () => this.#readBack(),
      },
      clockSkewMs: () => skew.ms,
    });
    this.#trust = new CallerTrust({ shared: this.source.shared, clock: skew.serverClock });
    this.source.shared.onConfirmed(() => this.#tend());
    this.source.onChange(() => this.#tend());
  }

  start(): void {
    const { signal } = this.#life;
    this.#api.onBundle(() => this.#later(() => this.#observe(this.#api.bundle)), signal);
    this.#later(() => this.#observe(this.#api.bundle));
    void this.source.start(signal);
  }

  kill(): void {
    this.#life.abort();
    this.#timeline.forget(this.clock);
  }

  heal(): void {
    Object.assign(this.faults, { forbidden: false, loseNextAnswer: false, lag: 0 });
    Object.assign(this.clock, { offset: 0, suspended: false });
  }

  /** Whether it can write what it has in memory. */
  canSave(): boolean {
    const isSkewed = Math.abs(this.clock.offset) > 5 * MINUTE;
    return !this.faults.forbidden && !this.clock.suspended && !isSkewed;
  }

  hasGoodLeaf(): boolean {
    const { notAfter } = this.source.current() ?? {};
    return notAfter !== undefined && notAfter.getTime() > this.#timeline.now;
  }

  /** Runs, and has read the Secret within the given time. */
  isUpToDate(ms: number): boolean {
    return !this.clock.suspended && this.#timeline.now - this.#lastRead < ms;
  }

  #later(run: () => void): void {
    const act = () => !this.#life.signal.aborted && !this.faults.forbidden && run();
    this.#timeline.at(this.#timeline.now + this.faults.lag, act, this.clock);
  }

  #observe(bundle: Bundle): void {
    if (this.#seen !== undefined && bundle.version < this.#seen.version) return;
    this.#seen = bundle;
    // The first version stands for configurations as they are installed, without entries.
    this.#trust.observe(bundle.version === 1 ? [] : [bundle.pem]);
    this.#tend();
  }

  #desired(): string | undefined {
    const own = this.source.current()?.caBundle;
    return own === undefined ? undefined : this.#trust.bundle(own);
  }

  /** As the keeper of the entries does: a pause, then a write that holds for what was seen. */
  #tend(): void {
    if (this.#writing || this.#life.signal.aborted) return;
    if (this.#seen === undefined || [undefined, this.#seen.pem].includes(this.#desired())) return;
    this.#writing = true;
    void this.#write().finally(() => {
      this.#writing = false;
      this.#tend();
    });
  }

  async #write(): Promise<void> {
    await this.clock.sleep(800 * this.#random(), this.#life.signal);
    const [seen, pem] = [this.#seen, this.#desired()];
    if (this.#life.signal.aborted || seen === undefined || pem === undefined) return;
    if (pem === seen.pem) return;
    const now = await this.#api.call(this.clock, () => {
      if (this.faults.forbidden) return seen;
      if (this.#api.bundle.version === seen.version) this.#api.writeBundle(pem, false);
      return this.#api.bundle;
    });
    this.#observe(now);
  }

  async #readBack(): Promise<void> {
    const now = await this.#api.call(this.clock, () => this.#api.bundle);
    if (this.faults.forbidden) throw new Error("forbidden");
    this.#observe(now);
  }

  #store(skew: ClockSkew): SecretStore {
    const { secret } = this.#api;
    const request = <T>(effect: () => T): Promise<T> => {
      let result: { readonly value: T } | undefined;
      const connection = this.#api.connection(this.clock, () => {
        if (!this.faults.forbidden) result = { value: effect() };
      });
      return skew
        .through(connection)
        .request({ method: "GET", path: "/" })
        .then(() => {
          if (result === undefined) throw new Error("forbidden");
          this.#lastRead = this.#timeline.now;
          return result.value;
        });
    };
    return {
      description: "secret keymate-guard/keymate-guard-certs",
      read: () => request(() => secret.snapshot),
      write: async (change, version): Promise<WriteResult> => {
        const result = await request(() => secret.swap(change, version));
        if (!this.faults.loseNextAnswer) return result;
        this.faults.loseNextAnswer = false;
        throw new Error("connection reset");
      },
      watch: (onChange: (secret: SecretSnapshot | undefined) => void, signal) =>
        secret.watch((snapshot) => this.#later(() => onChange(snapshot)), signal),
    };
  }
}
