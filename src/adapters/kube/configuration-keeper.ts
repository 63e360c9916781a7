import { isDeepStrictEqual } from "node:util";
import { dig, type JsonObject } from "../../kubernetes/json.ts";
import { resourceVersionOf, uidOf } from "../../kubernetes/object.ts";
import type { Clock } from "../../usecases/ports/clock.ts";
import type { Logger } from "../../usecases/ports/logger.ts";
import type { Connection } from "./api-client.ts";
import { Backoff } from "./backoff.ts";
import { singleObject } from "./collection.ts";
import { answerError, KubeError, parseObject } from "./kube-error.ts";
import { ObjectStore } from "./object-store.ts";
import { Reflector, type ReflectorSink } from "./reflector.ts";
import { firstDifference, type WebhookEntry } from "./webhook-diff.ts";

/** Writes that held this long end a dispute with whoever else writes our entries. */
const PEACE_MS = 120_000;
/** So many repairs within a dispute are made at once: until then it may be a series of upgrades. */
const PATIENCE = 4;
const GROUP = "admissionregistration.k8s.io/v1";

export interface ConfigurationKeeperOptions {
  readonly connection: Connection;
  readonly kind: string;
  readonly plural: string;
  readonly name: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly random: () => number;
  readonly onChange: () => void;
}

/** Keeps the entries of one webhook configuration as desired. */
export class ConfigurationKeeper {
  readonly #options: ConfigurationKeeperOptions;
  readonly #backoff: Backoff;
  readonly #path: string;
  readonly #what: string;
  readonly #writes = { change: 0, repair: 0, failed: 0 };
  #desired: readonly WebhookEntry[] | undefined;
  /** What stood in the configuration at some time since it became desired. */
  #reached: readonly WebhookEntry[] | undefined;
  #live: JsonObject | "absent" | undefined;
  #lastError: string | undefined;
  #lastWrite = Number.NEGATIVE_INFINITY;
  #signal: AbortSignal | undefined;
  #reflector: Reflector | undefined;
  #running = false;

  constructor(options: ConfigurationKeeperOptions) {
    this.#options = options;
    this.#backoff = new Backoff(options.random, PATIENCE);
    this.#path = `/apis/${GROUP}/${options.plural}`;
    this.#what = `${options.plural} ${options.name}`;
  }

  get inSync(): boolean {
    if (this.#live === "absent") return true;
    return (
      this.#live !== undefined &&
      this.#desired !== undefined &&
      this.#difference(this.#live, this.#desired) === undefined
    );
  }

  /** Why it could not be written, or not even be seen. */
  get lastError(): string | undefined {
    const unseen = this.#live === undefined ? this.#reflector?.status().problem : undefined;
    return this.#lastError ?? unseen;
  }

  /** Since the start: of what we want anew, of what somebody else changed, and those that failed. */
  get writes(): Readonly<Record<"change" | "repair" | "failed", number>> {
    return this.#writes;
  }

  /** As the watch or the latest write showed it; undefined until known. */
  live(): JsonObject | "absent" | undefined {
    return this.#live;
  }

  setDesired(entries: readonly WebhookEntry[]): void {
    // The same again is not something new: who then finds it changed repairs it.
    if (!isDeepStrictEqual(entries, this.#desired)) this.#desired = entries;
    this.#wake();
  }

  /** Reads it now, for those who need more than what the watch brought. */
  async readBack(): Promise<void> {
    await this.#refresh(this.#signal);
    this.#options.onChange();
    this.#wake();
  }

  start(signal: AbortSignal): void {
    const { connection, clock, logger, random, name } = this.#options;
    this.#signal = signal;
    this.#reflector = new Reflector({
      connection,
      collection: singleObject(this.#path, this.#what, name),
      project: (object) => object,
      sink: this.#sink(),
      clock,
      logger,
      random,
    });
    void this.#reflector.run(signal);
  }

  #sink(): ReflectorSink {
    const store = new ObjectStore(({ type, object }) =>
      this.#observe(type === "set" ? object : "absent"),
    );
    return {
      replace: (objects) => {
        if (objects.length === 0) this.#observe("absent");
        store.replace(objects);
      },
      set: (object) => store.set(object),
      delete: (object) => store.delete(object),
    };
  }

  #observe(live: JsonObject | "absent"): void {
    if (live === "absent" && this.#live !== "absent") {
      this.#options.logger.warn(
        { configuration: this.#what },
        "webhook configuration does not exist, leaving it alone",
      );
      this.#lastError = undefined;
    }
    if (live === "absent" || !this.#isStale(live)) this.#live = live;
    this.#options.onChange();
    this.#wake();
  }

  /** A watch event from before our own write. */
  #isStale(object: JsonObject): boolean {
    const known = this.#live;
    if (known === undefined || known === "absent" || uidOf(known) !== uidOf(object)) return false;
    return isOlder(resourceVersionOf(object), resourceVersionOf(known));
  }

  #wake(): void {
    if (this.#running || this.#signal === undefined || this.#signal.aborted) return;
    this.#running = true;
    void this.#reconcile(this.#signal).finally(() => {
      this.#running = false;
      // What arrived between its last look and now must not be lost.
      if (this.#toWrite() !== undefined) this.#wake();
    });
  }

  /**
   * Writes until nothing differs. After some repairs each waits longer than the one before, so two
   * guards with different policies cannot drive each other round. What another replica repaired
   * while we waited counts for nothing.
   */
  async #reconcile(signal: AbortSignal): Promise<void> {
    const { clock, logger, onChange } = this.#options;
    if (clock.now() - this.#lastWrite >= PEACE_MS) this.#backoff.reset();
    for (let target = this.#toWrite(); target !== undefined; target = this.#toWrite()) {
      await clock.sleep(this.#backoff.wait(), signal);
      // What came in while we slept may have settled it, or changed what to write.
      target = this.#toWrite();
      if (target === undefined || signal.aborted) break;
      const fields = { configuration: this.#what, difference: target.difference };
      try {
        this.#lastWrite = clock.now();
        const isWritten = await this.#apply(target.live, target.desired, signal);
        this.#lastError = undefined;
        if (isWritten) this.#writes[target.isRepair ? "repair" : "change"] += 1;
        if (target.isRepair) this.#backoff.count();
        if (isWritten) logger.info(fields, "webhook configuration written");
      } catch (error) {
        if (signal.aborted) break;
        this.#lastError = (error as Error).message;
        this.#writes.failed += 1;
        this.#backoff.count();
        logger.warn({ ...fields, problem: this.#lastError }, "webhook configuration not written");
      }
      onChange();
    }
  }

  #toWrite() {
    const [live, desired] = [this.#live, this.#desired];
    if (live === undefined || live === "absent" || desired === undefined) return undefined;
    const difference = this.#difference(live, desired);
    if (difference !== undefined) {
      return { live, desired, difference, isRepair: this.#reached === desired };
    }
    this.#reached = desired;
    return undefined;
  }

  #difference(live: JsonObject, desired: readonly WebhookEntry[]): string | undefined {
    return firstDifference(desired, live, this.#options.name);
  }

  /** False when there is no configuration any more to write to. */
  async #apply(
    live: JsonObject,
    webhooks: readonly WebhookEntry[],
    signal: AbortSignal,
  ): Promise<boolean> {
    const { connection, kind, name } = this.#options;
    // With the uid an apply cannot bring a deleted configuration back; with the version it cannot
    // overwrite what this replica has not seen.
    const metadata = {
      name,
      uid: uidOf(live),
      resourceVersion: resourceVersionOf(live),
    };
    const answer = await connection.request({
      method: "PATCH",
      path: `${this.#path}/${name}`,
      query: { fieldManager: name, force: true },
      headers: { "content-type": "application/apply-patch+yaml" },
      body: JSON.stringify({ apiVersion: GROUP, kind, metadata, webhooks }),
      signal,
    });
    if (answer.status === 404) {
      this.#observe("absent");
      return false;
    }
    // Should that fail too, the watch or the next attempt brings what is there.
    if (answer.status === 409) await this.#refresh(signal).catch(() => {});
    if (answer.status !== 200) throw answerError(answer, "patch", this.#what);
    this.#adopt(parseObject(answer.body));
    return true;
  }

  async #refresh(signal: AbortSignal | undefined): Promise<void> {
    const path = `${this.#path}/${this.#options.name}`;
    const request = { method: "GET", path, ...(signal === undefined ? {} : { signal }) } as const;
    const answer = await this.#options.connection.request(request);
    if (answer.status === 404) this.#observe("absent");
    else if (answer.status === 200) this.#adopt(parseObject(answer.body));
    else throw answerError(answer, "get", this.#what);
  }

  /** The answer is newer than what the watch brought so far. */
  #adopt(object: JsonObject | undefined): void {
    if (typeof dig(object, "metadata", "uid") !== "string" || object === undefined) {
      throw new KubeError("garbled", `the answer for ${this.#what} is not a webhook configuration`);
    }
    this.#live = object;
  }
}

/** Versions are decimal numbers of any length; what is not is taken as it comes. */
function isOlder(version: string, than: string): boolean {
  if (!/^\d+$/.test(version) || !/^\d+$/.test(than)) return false;
  return version.length === than.length ? version < than : version.length < than.length;
}
