import { asArray, asObject, dig, own, ownArray, ownString } from "../../kubernetes/json.ts";
import type { Clock } from "../../usecases/ports/clock.ts";
import type { ApiResponse, Connection } from "./api-client.ts";
import { answerError, KubeError, parseObject } from "./kube-error.ts";

/** How often to look whether something that is missing has come. */
const LOOK_MS = 30_000;
/** At first it may only be late: after 1 s, then twice as long each time. */
const LOOKS_UP_TO_FULL = 5;
/** Everything that the API server serves, in one answer. */
const KIND = "APIGroupDiscoveryList";
const ACCEPT = `application/json;g=apidiscovery.k8s.io;v=v2;as=${KIND}`;

type Root = "/api" | "/apis";

export interface Resource {
  /** "" for that of Pods and Services. */
  readonly group: string;
  readonly plural: string;
}

export interface ServedResourcesOptions {
  readonly connection: Connection;
  readonly clock: Clock;
}

interface GroupVersion {
  readonly version: string;
  readonly plurals: ReadonlySet<string>;
  /** An API server behind this one that did not answer it: what it serves is not known. */
  readonly isStale: boolean;
}

interface Inventory {
  readonly groups: ReadonlyMap<string, readonly GroupVersion[]>;
  readonly etag: string | undefined;
  readonly readAt: number;
}

/**
 * What the API server serves. All who ask share one document and all who wait share one look at it,
 * which costs no more than a 304 while nothing changes.
 */
export class ServedResources {
  readonly #options: ServedResourcesOptions;
  readonly #inventories = new Map<Root, Inventory>();
  readonly #reading = new Map<Root, Promise<Inventory>>();
  #tick: Promise<void> | undefined;
  #ticks = 0;

  constructor(options: ServedResourcesOptions) {
    this.#options = options;
  }

  /** In which versions a resource is served, as of `maxAgeMs` ago. Throws KubeError. */
  async versionsOf(
    { group, plural }: Resource,
    maxAgeMs: number,
    signal: AbortSignal,
  ): Promise<readonly string[]> {
    const { groups } = await this.#inventory(group === "" ? "/api" : "/apis", maxAgeMs, signal);
    const versions = groups.get(group) ?? [];
    const served = versions.filter(({ plurals }) => plurals.has(plural));
    const stale = versions.find(({ isStale }) => isStale);
    if (served.length === 0 && stale !== undefined) throw unheard(group, stale.version);
    return served.map(({ version }) => version);
  }

  /** Resolves when these are no longer the versions of a resource, or by the signal. */
  async untilOther(
    resource: Resource,
    versions: readonly string[],
    signal: AbortSignal,
  ): Promise<void> {
    const known = versions.join();
    for (let now = known; now === known; ) {
      this.#tick ??= this.#sleep(signal);
      await this.#tick;
      if (signal.aborted) return;
      now = (await this.versionsOf(resource, 0, signal)).join();
    }
  }

  async #sleep(signal: AbortSignal): Promise<void> {
    const share = 2 ** Math.min(0, this.#ticks - LOOKS_UP_TO_FULL);
    this.#ticks += 1;
    await this.#options.clock.sleep(LOOK_MS * share, signal);
    this.#tick = undefined;
  }

  #inventory(root: Root, maxAgeMs: number, signal: AbortSignal): Promise<Inventory> {
    const known = this.#inventories.get(root);
    if (known !== undefined && this.#options.clock.now() - known.readAt < maxAgeMs) {
      return Promise.resolve(known);
    }
    const reading =
      this.#reading.get(root) ?? this.#read(root, signal).finally(() => this.#reading.delete(root));
    this.#reading.set(root, reading);
    return reading;
  }

  async #read(root: Root, signal: AbortSignal): Promise<Inventory> {
    const { connection, clock } = this.#options;
    const known = this.#inventories.get(root);
    const headers = {
      accept: ACCEPT,
      ...(known?.etag === undefined ? {} : { "if-none-match": known.etag }),
    };
    const answer = await connection.request({ method: "GET", path: root, headers, signal });
    const readAt = clock.now();
    const inventory =
      answer.status === 304 && known !== undefined
        ? { ...known, readAt }
        : { groups: groupsOf(root, answer), etag: answer.headers["etag"], readAt };
    this.#inventories.set(root, inventory);
    return inventory;
  }
}

function groupsOf(root: Root, answer: ApiResponse): Inventory["groups"] {
  if (answer.status === 404) throw unlisted(root);
  if (answer.status !== 200) throw answerError(answer, "get", root);
  const list = parseObject(answer.body);
  const items = asArray(own(list, "items"));
  // What stands in between may know discovery only as it was.
  if (ownString(list, "kind") !== KIND || items === undefined) throw unlisted(root);
  return new Map(
    items.map((item) => [
      String(dig(item, "metadata", "name") ?? ""),
      ownArray(asObject(item), "versions").map(groupVersionOf),
    ]),
  );
}

function groupVersionOf(entry: unknown): GroupVersion {
  const resources = ownArray(asObject(entry), "resources");
  return {
    version: String(dig(entry, "version")),
    plurals: new Set(resources.map((one) => String(dig(one, "resource")))),
    isStale: dig(entry, "freshness") === "Stale",
  };
}

function unlisted(root: Root): KubeError {
  const text = `${root} is not found or no list of resources, which an API server always has; check what stands between it and the guard`;
  return new KubeError("server-error", text);
}

function unheard(group: string, version: string): KubeError {
  const text = `the API server does not know what ${group}/${version} serves; check APIService ${version}.${group}`;
  return new KubeError("server-error", text);
}
