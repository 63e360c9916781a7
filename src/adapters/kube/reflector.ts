import type { JsonObject } from "../../kubernetes/json.ts";
import type { Clock } from "../../usecases/ports/clock.ts";
import type { Logger } from "../../usecases/ports/logger.ts";
import type { Connection } from "./api-client.ts";
import { Backoff } from "./backoff.ts";
import { type Collection, listPages, type WatchEvent } from "./collection.ts";
import { KubeError, transportError } from "./kube-error.ts";
import { type Resource, ServedResources } from "./served-resources.ts";
import { resourceOf, servedElsewhere } from "./served-versions.ts";
import { type WatchEnd, watchOnce } from "./watch-stream.ts";

const HEALTHY_MS = 120_000;
/** A watch that ends sooner than this was cut, not finished. */
const SHORT_MS = 5_000;
const RELIST_SPACING_MS = 30_000;
/** How often to ask again for a kind that is forbidden. */
const RETRY_MS = 30_000;
/** At first the permission may only be late: after 1 s, then twice as long each time. */
const RETRIES_UP_TO_FULL = 5;
/** Kinds that are missing answer one after the other; one look at what is served does for all. */
const FRESH_MS = 1_000;

export interface ReflectorSink {
  replace(objects: readonly JsonObject[]): void;
  set(object: JsonObject): void;
  delete(object: JsonObject): void;
}

export interface ReflectorOptions {
  readonly connection: Connection;
  readonly collection: Collection;
  /** Cuts an object to what is kept; name, namespace and resourceVersion must stay. */
  readonly project: (object: JsonObject) => JsonObject;
  readonly sink: ReflectorSink;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly random: () => number;
  /** Shared by reflectors that start together; without, one of its own. */
  readonly served?: ServedResources;
}

export interface ReflectorStatus {
  /** `cold`: never listed · `absent`: the API has no such resource · `blocked`: it is there, but not for us */
  readonly state: "cold" | "synced" | "absent" | "blocked";
  /** The latest failure in words, undefined while the watch is open. */
  readonly problem: string | undefined;
  /**
   * Milliseconds since the epoch of the last list, event, bookmark or opened watch (the server then
   * reports whatever we missed, unless it fails at once); 0 for never.
   */
  readonly lastEvent: number;
  readonly events: number;
  readonly bytes: number;
  /** Lists after the first that the server began to answer. */
  readonly relists: number;
  readonly reconnects: number;
}

/**
 * Mirrors one collection into a sink: list, then watch, for as long as the signal lets it. Never
 * throws and never gives up; what the sink holds stays while the API server is away.
 */
export class Reflector {
  readonly #options: ReflectorOptions;
  /** Where it is served; another version than the given one once that turned out to be missing. */
  #collection: Collection;
  readonly #served: ServedResources;
  readonly #backoff: Backoff;
  readonly #status: { -readonly [K in keyof ReflectorStatus]: ReflectorStatus[K] } = {
    state: "cold",
    problem: undefined,
    lastEvent: 0,
    events: 0,
    bytes: 0,
    relists: 0,
    reconnects: 0,
  };
  /** Where the next watch starts; undefined when only a list can tell. */
  #version: string | undefined;
  /** Version at which a watch line was garbled. Twice the same: list instead. */
  #garbledAt: string | undefined;
  /** As what it was served when it could not be listed for that. */
  #unserved: { readonly resource: Resource; readonly versions: readonly string[] } | undefined;
  #listed = false;
  #refusals = 0;
  #lastRelist = Number.NEGATIVE_INFINITY;
  /** The watch before went silent. */
  #wasSilent = false;
  /** When the present watch opened, and `lastEvent` until then; undefined once it brought an event. */
  #opening: { readonly at: number; readonly lastEvent: number } | undefined;

  constructor(options: ReflectorOptions) {
    this.#options = options;
    this.#collection = options.collection;
    this.#served = options.served ?? new ServedResources(options);
    this.#backoff = new Backoff(options.random);
  }

  status(): ReflectorStatus {
    return this.#status;
  }

  /** Resolves when the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, logger } = this.#options;
    while (!signal.aborted) {
      const started = clock.now();
      let wait: number;
      try {
        await this.#untilServed(signal);
        if (this.#version === undefined) await this.#list(signal);
        const end = await this.#watch(this.#version ?? "", signal);
        this.#judgeOpening();
        wait = this.#afterEnd(end, clock.now() - started);
      } catch (error) {
        if (signal.aborted) return;
        const failure = await this.#explain(error, signal);
        if (signal.aborted) return;
        this.#judgeOpening();
        if (clock.now() - started >= HEALTHY_MS) this.#backoff.reset();
        wait = this.#atRelistPace(this.#afterFailure(failure));
        this.#report(failure, logger, wait);
      }
      this.#status.reconnects += 1;
      await clock.sleep(wait, signal);
    }
  }

  /** A kind that is missing is not asked for again before what is served has changed. */
  async #untilServed(signal: AbortSignal): Promise<void> {
    const unserved = this.#unserved;
    this.#unserved = undefined;
    if (unserved === undefined) return;
    await this.#served.untilOther(unserved.resource, unserved.versions, signal);
  }

  async #list(signal: AbortSignal): Promise<void> {
    const { connection, project, sink, clock } = this.#options;
    const objects: JsonObject[] = [];
    let version = "";
    for await (const page of listPages(connection, this.#collection, signal)) {
      if (version === "" && this.#listed) {
        this.#status.relists += 1;
        this.#lastRelist = clock.now();
      }
      for (const item of page.items) objects.push(project(item));
      version = page.resourceVersion;
      this.#status.bytes += page.bytes;
      await nextTurn();
    }
    sink.replace(objects);
    this.#version = version;
    this.#listed = true;
    this.#status.state = "synced";
    this.#status.problem = undefined;
    this.#status.lastEvent = clock.now();
  }

  async #watch(resourceVersion: string, signal: AbortSignal): Promise<WatchEnd> {
    const { connection, clock, random } = this.#options;
    const collection = this.#collection;
    const options = { connection, collection, resourceVersion, clock, random };
    const handlers = {
      opened: () => {
        this.#refusals = 0;
        this.#opening = { at: clock.now(), lastEvent: this.#status.lastEvent };
        this.#status.state = "synced";
        this.#status.problem = undefined;
        this.#status.lastEvent = clock.now();
      },
      received: (bytes: number) => {
        this.#status.bytes += bytes;
      },
      event: (event: Exclude<WatchEvent, { type: "error" }>) => this.#take(event),
    };
    return watchOnce(options, handlers, signal);
  }

  #take(event: Exclude<WatchEvent, { type: "error" }>): void {
    const { project, sink, clock } = this.#options;
    if (event.type === "set") sink.set(project(event.object));
    else if (event.type === "delete") sink.delete(event.object);
    this.#opening = undefined;
    this.#version = event.version;
    this.#status.events += 1;
    this.#status.lastEvent = clock.now();
  }

  /** A watch that opens and fails at once may well have kept from us what we missed. */
  #judgeOpening(): void {
    const opening = this.#opening;
    this.#opening = undefined;
    if (opening === undefined || this.#options.clock.now() - opening.at >= SHORT_MS) return;
    this.#status.lastEvent = opening.lastEvent;
  }

  #afterEnd(end: WatchEnd, livedMs: number): number {
    // Opened anew, and still not a byte: nothing changes here, or something swallows what does.
    if (end === "mute" && this.#wasSilent) this.#version = undefined;
    this.#wasSilent = end !== "ended";
    if (livedMs >= HEALTHY_MS) this.#backoff.reset();
    return this.#atRelistPace(livedMs >= SHORT_MS ? 0 : this.#backoff.next());
  }

  /** The wait, longer where a list comes next and 30 s since the last one are not over. */
  #atRelistPace(wait: number): number {
    if (this.#version !== undefined) return wait;
    // The wall clock may go back.
    const passed = Math.max(0, this.#options.clock.now() - this.#lastRelist);
    return wait + Math.max(0, RELIST_SPACING_MS - passed);
  }

  async #explain(error: unknown, signal: AbortSignal): Promise<KubeError> {
    const { connection } = this.#options;
    const failure = transportError(error, connection.server);
    if (failure.code !== "not-found") return failure;
    const resource = resourceOf(this.#collection);
    let versions: readonly string[];
    try {
      versions = await this.#served.versionsOf(resource, FRESH_MS, signal);
    } catch (unheard) {
      return transportError(unheard, connection.server);
    }
    const found = servedElsewhere(this.#collection, versions);
    if (found !== undefined && !(found instanceof KubeError)) {
      this.#collection = found;
      return new KubeError("moved", `${found.what} is served at ${found.path}`);
    }
    if (found?.code !== "server-error") this.#unserved = { resource, versions };
    return found ?? failure;
  }

  /** Updates the state and returns how long to wait. */
  #afterFailure(error: KubeError): number {
    const { sink } = this.#options;
    this.#status.problem = error.message;
    switch (error.code) {
      case "expired":
        this.#version = undefined;
        return this.#backoff.next();
      case "forbidden":
        this.#status.state = "blocked";
        return this.#afterRefusal();
      case "other-version":
        this.#version = undefined;
        this.#status.state = "blocked";
        return 0;
      case "not-found":
        this.#version = undefined;
        this.#status.state = "absent";
        sink.replace([]);
        return 0;
      case "moved":
        this.#version = undefined;
        return this.#backoff.next();
      case "garbled":
        if (this.#version === this.#garbledAt) this.#version = undefined;
        this.#garbledAt = this.#version;
        return this.#backoff.next();
      default:
        return (error.retryAfterMs ?? 0) + this.#backoff.next();
    }
  }

  #afterRefusal(): number {
    const share = 2 ** Math.min(0, this.#refusals - RETRIES_UP_TO_FULL);
    this.#refusals += 1;
    return RETRY_MS * share * (0.75 + this.#options.random() / 2);
  }

  #report(error: KubeError, logger: Logger, waitMs: number): void {
    const fields = {
      collection: this.#collection.what,
      code: error.code,
      problem: error.message,
      waitMs,
    };
    // An optional kind that is not installed or an older one, and a version too old, are everyday life.
    if (error.code === "not-found" || error.code === "expired" || error.code === "moved") {
      logger.debug(fields, "watch interrupted");
    } else logger.warn(fields, "watch interrupted");
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
