import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import {
  CERTIFICATE_FILES,
  type CertificateSet,
  examine,
} from "../../../src/adapters/certs/certificate-set.ts";
import { inspectPair, type PairProblem } from "../../../src/adapters/certs/pair.ts";
import { SecretSource } from "../../../src/adapters/certs/secret-source.ts";
import { classify } from "../../../src/adapters/certs/secret-state.ts";
import type { SecretSnapshot } from "../../../src/usecases/ports/secret-store.ts";
import { DAY, ISSUE, MINUTE, makeSet, NAMES } from "./support/certificates.ts";
import { FakeClock, settle } from "./support/fake-clock.ts";
import { FakeLogger } from "./support/fake-logger.ts";
import { FakeSecret, FakeSecretStore } from "./support/fake-secret-store.ts";

const REPLICAS = 4;

interface Replica {
  readonly source: SecretSource;
  readonly store: FakeSecretStore;
  readonly controller: AbortController;
}

/** Replicas whose every call to the API server waits until the test lets it through. */
class World {
  readonly clock = new FakeClock();
  readonly secret = new FakeSecret();
  readonly #pending: (() => void)[] = [];
  readonly #replicas: (Replica | undefined)[] = Array.from({ length: REPLICAS }, () => undefined);
  /** What was wrong with certificates at the moment they went into service. */
  readonly #unfit: PairProblem[] = [];
  #backup: SecretSnapshot | undefined;

  get running(): readonly Replica[] {
    return this.#replicas.filter((replica) => replica !== undefined);
  }

  start(index: number): void {
    if (this.#replicas[index] !== undefined) return;
    const gate = (): Promise<void> => new Promise((resolve) => this.#pending.push(resolve));
    const store = new FakeSecretStore(this.secret, gate);
    const source = new SecretSource({
      store,
      issue: ISSUE,
      caOverlapMs: 10 * MINUTE,
      caDropMs: DAY,
      clock: this.clock,
      logger: new FakeLogger(),
      random: () => index / REPLICAS,
    });
    source.onChange((certificate) => {
      const { cert, key, caBundle } = certificate;
      const expected = { names: NAMES, now: this.clock.now() };
      this.#unfit.push(...inspectPair({ cert, key, ca: caBundle }, expected));
    });
    const controller = new AbortController();
    this.#replicas[index] = { source, store, controller };
    void source.start(controller.signal);
  }

  kill(index: number): void {
    this.#replicas[index]?.controller.abort();
    this.#replicas[index] = undefined;
  }

  /** Lets one waiting call through; what hangs on it happens. */
  async release(choice: number): Promise<void> {
    this.#pending.splice(choice % Math.max(1, this.#pending.length), 1)[0]?.();
    await settle(3);
  }

  setFaults(index: number, read: boolean, write: boolean): void {
    const store = this.#replicas[index]?.store;
    if (store === undefined) return;
    store.readFault = read ? new Error("unreachable") : undefined;
    store.writeFault = write ? new Error("forbidden") : undefined;
  }

  corrupt(file: string): void {
    const data = this.secret.snapshot?.data;
    // In an empty Secret, which is nobody's yet, that would be somebody else's data.
    if (data?.[file] !== undefined) this.secret.put({ data: { ...data, [file]: "?" } });
  }

  saveBackup(): void {
    this.#backup = this.secret.snapshot;
  }

  restoreBackup(): void {
    if (this.#backup !== undefined) this.secret.put(this.#backup);
  }

  /** The trouble is over: everybody reaches the API server for as long as it takes. */
  async heal(): Promise<void> {
    for (let index = 0; index < REPLICAS; index += 1) {
      this.start(index);
      this.setFaults(index, false, false);
    }
    if (this.secret.snapshot === undefined) {
      this.secret.put({ data: {}, annotations: {}, labels: {} });
    }
    await this.quiet();
  }

  async quiet(): Promise<void> {
    for (let round = 0; round < 3; round += 1) {
      this.clock.wakeAll();
      await settle(3);
      while (this.#pending.length > 0) await this.release(0);
    }
  }

  stop(): void {
    for (const replica of this.running) replica.controller.abort();
  }

  assertAgreement(): void {
    assert.deepEqual(this.#unfit, []);
    const state = classify(this.secret.snapshot, { names: NAMES, now: this.clock.now() });
    assert.equal(state.kind, "valid");
    const data = this.secret.snapshot?.data ?? {};
    for (const { source } of this.running) {
      const current = source.current();
      assert.equal(current?.cert, data["tls.crt"]);
      assert.equal(current?.caBundle, data["ca.crt"]);
      assert.equal(source.health().healthy, true);
    }
  }

  assertOneAuthority(): void {
    const set = this.secret.snapshot?.data as CertificateSet | undefined;
    assert.ok(set);
    const state = examine(set, { names: NAMES, now: this.clock.now() });
    assert.equal(state.authorities.length, 1);
    assert.equal(state.issuer, state.authority?.certificate);
  }
}

type Event = (world: World) => void | Promise<void>;

const replica = fc.nat({ max: REPLICAS - 1 });

function event(label: string, run: Event): Event {
  return Object.assign(run, { toString: () => label });
}

const releases = fc
  .nat({ max: 20 })
  .map((n) => event(`release(${n})`, (world) => world.release(n)));

const events: fc.Arbitrary<Event> = fc.oneof(
  { weight: 12, arbitrary: releases },
  { weight: 4, arbitrary: replica.map((n) => event(`start(${n})`, (world) => world.start(n))) },
  { weight: 1, arbitrary: replica.map((n) => event(`kill(${n})`, (world) => world.kill(n))) },
  {
    weight: 2,
    arbitrary: fc
      .integer({ min: 1, max: 20 })
      .map((n) => event(`minutes(${n})`, (world) => world.clock.advance(n * MINUTE))),
  },
  {
    weight: 1,
    arbitrary: fc
      // Forward only: further back than its backdating nobody's leaf is valid yet.
      .integer({ min: 0, max: 100 })
      .map((n) => event(`clock(${n} d)`, (world) => world.clock.step(n * DAY))),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(replica, fc.boolean(), fc.boolean())
      .map(([n, read, write]) =>
        event(`faults(${n}, ${read}, ${write})`, (world) => world.setFaults(n, read, write)),
      ),
  },
  {
    weight: 2,
    arbitrary: fc
      .constantFrom(...CERTIFICATE_FILES)
      .map((file) => event(`corrupt(${file})`, (world) => world.corrupt(file))),
  },
  { weight: 1, arbitrary: fc.constant(event("delete", (world) => world.secret.delete())) },
  {
    weight: 1,
    arbitrary: fc.constant(event("empty", (world) => world.secret.put({ data: {} }))),
  },
  {
    weight: 1,
    arbitrary: fc.constant(
      event("recreate", (world) => world.secret.put({ data: {}, annotations: {}, labels: {} })),
    ),
  },
  { weight: 1, arbitrary: fc.constant(event("backup", (world) => world.saveBackup())) },
  { weight: 1, arbitrary: fc.constant(event("restore", (world) => world.restoreBackup())) },
);

describe("SecretSource, several replicas", () => {
  it("that start at once on an empty Secret end with one CA, in whatever order calls go through", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat({ max: 20 }), { maxLength: 40 }), async (choices) => {
        const world = new World();
        for (let index = 0; index < REPLICAS; index += 1) world.start(index);
        await settle(3);
        for (const choice of choices) await world.release(choice);
        await world.quiet();
        assert.equal(world.secret.writes, 1);
        world.assertAgreement();
        world.assertOneAuthority();
        world.stop();
      }),
      { numRuns: 40 },
    );
  });

  it("agree on what the Secret holds once trouble of any kind is over, and in the end on one CA", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(events, { maxLength: 60 }), async (script) => {
        const world = new World();
        for (const run of script) await run(world);
        await world.heal();
        world.assertAgreement();
        world.clock.step(15 * MINUTE);
        await world.quiet();
        world.assertAgreement();
        world.clock.step(DAY + MINUTE);
        await world.quiet();
        world.assertAgreement();
        world.assertOneAuthority();
        world.stop();
      }),
      { numRuns: 40 },
    );
  });

  it("never touch a Secret that belongs to somebody else", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat({ max: 20 }), { maxLength: 30 }), async (choices) => {
        const world = new World();
        const data = { ...makeSet(world.clock.now()) };
        world.secret.put({ data });
        for (let index = 0; index < REPLICAS; index += 1) world.start(index);
        for (const choice of choices) await world.release(choice);
        await world.quiet();
        assert.equal(world.secret.writes, 0);
        assert.deepEqual(world.secret.snapshot?.data, data);
        world.stop();
      }),
      { numRuns: 20 },
    );
  });
});
