import { asObject, type JsonObject, own, ownObject, ownString } from "../../kubernetes/json.ts";
import { resourceVersionOf } from "../../kubernetes/object.ts";
import type { Connection } from "./api-client.ts";
import { answerError, KubeError, parseObject } from "./kube-error.ts";

/** Its holder leads for so long after each renewal. */
export const LEASE_SECONDS = 15;
const REQUEST_MS = 5_000;

export interface LeaseOptions {
  readonly connection: Connection;
  readonly namespace: string;
  readonly name: string;
  /** Of this process; never the same twice. */
  readonly identity: string;
  /** Milliseconds since the epoch: what others read. */
  readonly now: () => number;
  /** Milliseconds that no correction of the clock moves: what we count by. */
  readonly monotonic: () => number;
}

/** A Lease as it was last seen, and when that was by our own clock. */
interface Observed {
  readonly lease: JsonObject;
  readonly version: string;
  readonly at: number;
}

/**
 * One Lease of coordination.k8s.io. Clocks of different machines are never compared: another's
 * lease has run out when we have not seen it change for as long as it lasts.
 */
export class Lease {
  readonly #options: LeaseOptions;
  readonly #folder: string;
  readonly #what: string;
  #observed: Observed | undefined;

  constructor(options: LeaseOptions) {
    const { namespace, name } = options;
    this.#options = options;
    this.#folder = `/apis/coordination.k8s.io/v1/namespaces/${encodeURIComponent(namespace)}/leases`;
    this.#what = `lease ${namespace}/${name}`;
  }

  /** As far as we have seen. */
  get isOurs(): boolean {
    return holderOf(this.#observed?.lease) === this.#options.identity;
  }

  /** Takes or renews it, by two requests at most. False while it is somebody else's. Throws KubeError. */
  async hold(timeoutMs = REQUEST_MS): Promise<boolean> {
    const lease = await this.#read(timeoutMs);
    if (lease === undefined) return this.#create(timeoutMs);
    const isOurs = holderOf(lease) === this.#options.identity;
    if (!isOurs && !this.#hasRunOut(lease)) return false;
    return this.#replace(lease, this.#heldSpec(lease, isOurs), timeoutMs);
  }

  /** Lets go at once, so that the next one need not wait. Throws KubeError. */
  async release(): Promise<void> {
    const lease = await this.#read(REQUEST_MS);
    if (lease === undefined || holderOf(lease) !== this.#options.identity) return;
    const spec = { ...specOf(lease), holderIdentity: "", leaseDurationSeconds: 1 };
    await this.#replace(lease, { ...spec, renewTime: this.#time() }, REQUEST_MS);
  }

  #hasRunOut(lease: JsonObject): boolean {
    if (holderOf(lease) === "") return true;
    const seconds = own(specOf(lease), "leaseDurationSeconds");
    const lasts = (typeof seconds === "number" ? seconds : LEASE_SECONDS) * 1_000;
    return this.#options.monotonic() - (this.#observed?.at ?? 0) >= lasts;
  }

  #heldSpec(lease: JsonObject, isOurs: boolean): JsonObject {
    const before = specOf(lease);
    const transitions = own(before, "leaseTransitions");
    const count = typeof transitions === "number" ? transitions : 0;
    const now = this.#time();
    return {
      ...before,
      holderIdentity: this.#options.identity,
      leaseDurationSeconds: LEASE_SECONDS,
      acquireTime: isOurs ? (own(before, "acquireTime") ?? now) : now,
      renewTime: now,
      leaseTransitions: isOurs ? count : count + 1,
    };
  }

  /** MicroTime. */
  #time(): string {
    return new Date(this.#options.now()).toISOString().replace("Z", "000Z");
  }

  async #read(timeoutMs: number): Promise<JsonObject | undefined> {
    const path = `${this.#folder}/${encodeURIComponent(this.#options.name)}`;
    const answer = await this.#options.connection.request({ method: "GET", path, timeoutMs });
    if (answer.status === 404) return undefined;
    if (answer.status !== 200) throw answerError(answer, "get", this.#what);
    return this.#observe(answer.body);
  }

  async #create(timeoutMs: number): Promise<boolean> {
    const { name, namespace, connection } = this.#options;
    const lease = {
      apiVersion: "coordination.k8s.io/v1",
      kind: "Lease",
      metadata: { name, namespace },
      spec: this.#heldSpec({}, false),
    };
    const body = JSON.stringify(lease);
    const headers = { "content-type": "application/json" };
    const path = this.#folder;
    const answer = await connection.request({ method: "POST", path, headers, body, timeoutMs });
    if (answer.status === 409) return false;
    if (answer.status !== 201) throw answerError(answer, "create", this.#what);
    this.#observe(answer.body);
    return true;
  }

  /** The resourceVersion that comes along makes the API server refuse it when somebody was faster. */
  async #replace(lease: JsonObject, spec: JsonObject, timeoutMs: number): Promise<boolean> {
    const answer = await this.#options.connection.request({
      method: "PUT",
      path: `${this.#folder}/${encodeURIComponent(this.#options.name)}`,
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ ...lease, spec }),
      timeoutMs,
    });
    if (answer.status === 409) return false;
    if (answer.status !== 200) throw answerError(answer, "update", this.#what);
    this.#observe(answer.body);
    return true;
  }

  #observe(body: string): JsonObject {
    const lease = asObject(parseObject(body));
    if (lease === undefined) {
      throw new KubeError("garbled", `cannot read ${this.#what}: the answer is not a Lease`);
    }
    const version = resourceVersionOf(lease) ?? "";
    if (this.#observed?.version !== version) {
      this.#observed = { lease, version, at: this.#options.monotonic() };
    }
    return lease;
  }
}

function specOf(lease: JsonObject): JsonObject {
  return ownObject(lease, "spec") ?? {};
}

function holderOf(lease: JsonObject | undefined): string {
  return (lease && ownString(specOf(lease), "holderIdentity")) ?? "";
}
