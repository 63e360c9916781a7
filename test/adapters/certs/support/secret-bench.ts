import type { TestContext } from "node:test";
import {
  SecretSource,
  type SecretSourceOptions,
} from "../../../../src/adapters/certs/secret-source.ts";
import { classify } from "../../../../src/adapters/certs/secret-state.ts";
import { DAY, ISSUE, MINUTE, NAMES } from "./certificates.ts";
import { FakeClock, settle } from "./fake-clock.ts";
import { FakeLogger } from "./fake-logger.ts";
import { FakeSecret, FakeSecretStore } from "./fake-secret-store.ts";
import { untilEnd } from "./scratch.ts";

/** Replicas on one fake Secret and one clock. */
export class SecretBench {
  readonly clock = new FakeClock();
  readonly logger = new FakeLogger();
  readonly secret: FakeSecret;
  readonly served: string[] = [];
  readonly #t: TestContext;

  constructor(t: TestContext, secret = new FakeSecret()) {
    this.#t = t;
    this.secret = secret;
  }

  async replica(
    change: Partial<SecretSourceOptions> = {},
    prepare?: (store: FakeSecretStore) => void,
  ) {
    const store = new FakeSecretStore(this.secret);
    prepare?.(store);
    const source = new SecretSource({
      store,
      issue: ISSUE,
      caOverlapMs: 10 * MINUTE,
      caDropMs: DAY,
      clock: this.clock,
      logger: this.logger,
      random: () => 0.5,
      ...change,
    });
    source.onChange((certificate) => this.served.push(certificate.fingerprint));
    await source.start(untilEnd(this.#t));
    return { source, store };
  }

  get data(): Readonly<Record<string, string>> {
    return this.secret.snapshot?.data ?? {};
  }

  get kind(): string {
    return classify(this.secret.snapshot, { names: NAMES, now: this.clock.now() }).kind;
  }

  /** Jumps ahead and lets everybody look at the clock. */
  async jump(ms: number): Promise<void> {
    await settle();
    this.clock.step(ms);
    await this.clock.advance(2 * MINUTE);
  }
}
