import assert from "node:assert/strict";
import {
  type CertificateFile,
  type CertificateSet,
  examine,
} from "../../../../src/adapters/certs/certificate-set.ts";
import { classify } from "../../../../src/adapters/certs/secret-state.ts";
import type { SecretSnapshot } from "../../../../src/usecases/ports/secret-store.ts";
import { DAY, MINUTE, makeSet, NAMES, SECOND } from "../support/certificates.ts";
import { settle } from "../support/fake-clock.ts";
import { ApiServer, accepts } from "./api-server.ts";
import { OVERLAP, Replica } from "./replica.ts";
import { Timeline } from "./timeline.ts";

/** How late the API servers' own watches of the entries are: less than `--ca-overlap`. */
const API_SERVER_LAGS = [0, OVERLAP / 2];

/** Replicas, two API servers, people, and the passing of time. */
export class World {
  readonly timeline = new Timeline();
  readonly api = new ApiServer(this.timeline);
  readonly #replicas: (Replica | undefined)[];
  /** A small generator of its own, so that a script always runs the same way. */
  #seed: number;
  #backup: SecretSnapshot | undefined;
  /** No replica that can be reached has what callers trust: then there is a gap, whatever is done. */
  isLost = true;

  constructor(replicas: number, seed: number) {
    this.#replicas = Array.from({ length: replicas }, () => undefined);
    this.#seed = seed;
  }

  get running(): readonly Replica[] {
    return this.#replicas.filter((replica) => replica !== undefined);
  }

  replica(index: number): Replica | undefined {
    return this.#replicas[index % this.#replicas.length];
  }

  start(index: number, offset = 0): void {
    const at = index % this.#replicas.length;
    if (this.#replicas[at] !== undefined) return;
    const replica = new Replica(this.api, this.timeline, offset, () => this.random());
    this.#replicas[at] = replica;
    replica.start();
  }

  kill(index: number): void {
    this.replica(index)?.kill();
    this.#replicas[index % this.#replicas.length] = undefined;
  }

  setClock(index: number, offset: number): void {
    const clock = this.replica(index)?.clock;
    if (clock !== undefined) clock.offset = offset;
  }

  suspend(index: number, suspended: boolean): void {
    const clock = this.replica(index)?.clock;
    if (clock !== undefined) clock.suspended = suspended;
  }

  random(): number {
    this.#seed = (Math.imul(this.#seed, 1_664_525) + 1_013_904_223) >>> 0;
    return this.#seed / 2 ** 32;
  }

  /** Calls are answered at once while time passes, in any order, but for those that are held. */
  async pass(ms: number): Promise<void> {
    const end = this.timeline.now + ms;
    for (;;) {
      while (await this.release(Math.floor(this.random() * 1000)));
      const timer = this.timeline.take(end);
      if (timer === undefined) break;
      this.timeline.now = Math.max(this.timeline.now, timer.due);
      timer.fire();
      await settle(1);
      this.check();
    }
    this.timeline.now = end;
    this.check();
  }

  /** Days pass; looks in between are left out, but for one after each tenth. */
  async leap(ms: number): Promise<void> {
    for (let step = 0; step < 10; step += 1) {
      this.timeline.now += ms / 10;
      await this.pass(80 * SECOND);
    }
  }

  async release(choice: number): Promise<boolean> {
    const done = this.api.release(choice);
    if (done) await settle(2);
    this.check();
    return done;
  }

  corrupt(file: CertificateFile, how: (set: CertificateSet) => string): void {
    const data = this.api.secret.snapshot?.data as CertificateSet | undefined;
    // In an empty Secret, which is nobody's yet, that would be somebody else's data.
    if (data?.[file]) this.api.secret.put({ data: { ...data, [file]: how(data) } });
  }

  plantForeign(): void {
    this.api.secret.put({
      data: { ...makeSet(this.timeline.now) },
      annotations: {},
      labels: {},
    });
  }

  saveBackup(): void {
    this.#backup = this.api.secret.snapshot;
  }

  restoreBackup(): void {
    if (this.#backup !== undefined) this.api.secret.put(this.#backup);
  }

  /**
   * Every leaf in service is trusted by what each API server believes. Where all is lost a new one
   * need not be; what was trusted stays so even then.
   */
  check(): void {
    const able = this.running.filter((replica) => replica.canSave());
    const isKept = able.some((replica) => replica.hasGoodLeaf());
    this.isLost = isKept ? this.isLost && !this.#isSound() : true;
    for (const replica of this.running) this.#checkOne(replica);
  }

  #checkOne(replica: Replica): void {
    const leaf = replica.source.current()?.cert;
    if (leaf === undefined) return;
    const refusing = this.#believed().filter(({ pem }) => !accepts(pem, leaf));
    if (refusing.length === 0) {
      replica.trusted = leaf;
      replica.givenUp = undefined;
    }
    if (refusing.some(({ byHuman }) => byHuman)) replica.trusted = undefined;
    if (this.isLost && replica.trusted !== leaf) replica.givenUp = leaf;
    const isBlamed = refusing.some(({ byHuman }) => !byHuman) && replica.isUpToDate(DAY);
    assert.ok(
      !isBlamed || replica.givenUp === leaf,
      "a leaf in service is not trusted by every caller",
    );
  }

  #believed() {
    return API_SERVER_LAGS.flatMap((lag) => this.api.heldWith(lag));
  }

  #isSound(): boolean {
    const upToDate = this.running.filter((replica) => replica.isUpToDate(DAY));
    const certificates = upToDate.map(({ source }) => source.current()?.cert);
    const inService = certificates.filter((cert) => cert !== undefined);
    const believed = this.#believed();
    return (
      inService.length > 0 &&
      inService.every((cert) => believed.every(({ pem }) => accepts(pem, cert)))
    );
  }

  /** The trouble is over, and everybody is there. */
  heal(): void {
    this.#replicas.forEach((_, index) => {
      this.start(index);
      this.#replicas[index]?.heal();
    });
    const state = this.#state();
    if (state.kind === "absent" || state.kind === "foreign") {
      this.api.secret.put({ data: {}, annotations: {}, labels: {} });
    }
  }

  assertAgreement(): void {
    const state = this.#state();
    assert.equal(state.kind, "valid");
    const data = this.api.secret.snapshot?.data ?? {};
    assert.equal(this.api.bundle.pem, data["ca.crt"], "the entries have the CAs of the Secret");
    for (const { source } of this.running) {
      assert.equal(source.current()?.cert, data["tls.crt"], "one leaf");
      const health = source.health();
      assert.ok(health.healthy && health.problem === undefined, health.detail);
    }
  }

  assertOneAuthority(): void {
    const set = this.api.secret.snapshot?.data as CertificateSet | undefined;
    assert.ok(set);
    const state = examine(set, { names: NAMES, now: this.timeline.now });
    assert.equal(state.authorities.length, 1, "one CA");
    assert.equal(state.issuer, state.authority?.certificate);
  }

  #state() {
    return classify(this.api.secret.snapshot, { names: NAMES, now: this.timeline.now });
  }

  stop(): void {
    for (const replica of this.running) replica.kill();
  }
}

/** What a replica needs to notice and do something: a look at the clock, and the waits in between. */
export const SETTLED = OVERLAP + 5 * MINUTE;
