import { readCertificates } from "../../../../src/adapters/certs/pem.ts";
import type { ApiRequest, Connection } from "../../../../src/adapters/kube/api-client.ts";
import { FakeSecret } from "../support/fake-secret-store.ts";
import type { SimClock, Timeline } from "./timeline.ts";

/** The caBundle of all entries at one version. */
export interface Bundle {
  readonly version: number;
  readonly pem: string;
  readonly since: number;
  /** Whoever is not a replica may write what breaks every call. */
  readonly byHuman: boolean;
}

interface Call {
  readonly owner: SimClock;
  readonly isAnswer: boolean;
  readonly go: () => void;
}

/** Secret and entries behind calls that wait until the test lets them through, there and back. */
export class ApiServer {
  readonly secret = new FakeSecret();
  readonly #timeline: Timeline;
  readonly #calls: Call[] = [];
  readonly #watchers = new Set<() => void>();
  /** Ascending; the last one is stored now. */
  readonly history: Bundle[];

  constructor(timeline: Timeline) {
    this.#timeline = timeline;
    this.history = [{ version: 1, pem: "", since: timeline.now, byHuman: true }];
  }

  get bundle(): Bundle {
    return this.history.at(-1) as Bundle;
  }

  writeBundle(pem: string, byHuman: boolean): void {
    const { version } = this.bundle;
    this.history.push({ version: version + 1, pem, since: this.#timeline.now, byHuman });
    for (const watcher of this.#watchers) watcher();
  }

  onBundle(watcher: () => void, signal: AbortSignal): void {
    this.#watchers.add(watcher);
    signal.addEventListener("abort", () => this.#watchers.delete(watcher));
  }

  /** What an API server believes whose own watch is this late. */
  heldWith(delay: number): readonly Bundle[] {
    const moment = this.#timeline.now - delay;
    const index = this.history.findLastIndex(({ since }) => since <= moment);
    return this.history.slice(Math.max(0, index), Math.max(0, index) + 1);
  }

  /** One call of a replica: on its way there, then `effect`, then on its way back. */
  async call<T>(owner: SimClock, effect: () => T): Promise<T> {
    await this.#pass(owner, false);
    const result = effect();
    await this.#pass(owner, true);
    return result;
  }

  /** A connection whose answers carry this server's time. */
  connection(owner: SimClock, effect: (request: ApiRequest) => void): Connection {
    return {
      server: "https://api.example",
      namespace: undefined,
      request: (request) =>
        this.call(owner, () => {
          effect(request);
          const date = new Date(this.#timeline.now).toUTCString();
          return { status: 200, headers: { date }, body: "", bytes: 0 };
        }),
      stream: () => Promise.reject(new Error("not asked")),
      close: () => {},
    };
  }

  /** Lets one waiting call go on; false when there is none that can. */
  release(choice: number): boolean {
    const able = this.#calls.filter(({ owner, isAnswer }) => !(isAnswer && owner.suspended));
    const call = able[choice % Math.max(1, able.length)];
    if (call === undefined) return false;
    this.#calls.splice(this.#calls.indexOf(call), 1);
    call.go();
    return true;
  }

  #pass(owner: SimClock, isAnswer: boolean): Promise<void> {
    return new Promise((go) => this.#calls.push({ owner, isAnswer, go }));
  }
}

const known = new Map<string, boolean>();

/** Whether somebody who was told `bundle` accepts the leaf, leaving dates aside. */
export function accepts(bundle: string, leaf: string): boolean {
  const key = `${bundle}|${leaf}`;
  let answer = known.get(key);
  if (answer === undefined) {
    const [certificate] = readCertificates(leaf) ?? [];
    answer = (readCertificates(bundle) ?? []).some(
      (ca) => certificate?.checkIssued(ca) && certificate.verify(ca.publicKey),
    );
    known.set(key, answer);
  }
  return answer;
}
