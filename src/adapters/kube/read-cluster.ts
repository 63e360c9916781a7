import type { JsonObject } from "../../kubernetes/json.ts";
import { type GroupKind, groupKind, type KindInfo, kindInfo } from "../../kubernetes/kinds.ts";
import { isLocal, type KindAnswer, type KindAnswers } from "../../usecases/audit-view.ts";
import type { Clock } from "../../usecases/ports/clock.ts";
import type { Connection } from "./api-client.ts";
import { type Collection, listPages } from "./collection.ts";
import { transportError } from "./kube-error.ts";
import { ServedResources } from "./served-resources.ts";
import { versionToRead } from "./served-versions.ts";

/** Lists that run at once; as many as the connection has sockets. */
const AT_ONCE = 4;
/** Lists that are cut off by the API server are begun anew. */
const TRIES = 5;
const RETRY_MS = 1_000;

export interface ReadClusterOptions {
  readonly connection: Connection;
  /** Kinds that are read one after the other behind all others. */
  readonly kinds: { readonly owners: readonly GroupKind[]; readonly stamped: readonly GroupKind[] };
  /** Of these nothing else leaves the API server. */
  readonly metadataOnly: ReadonlySet<GroupKind>;
  /** Only these, for kinds that need not be known elsewhere; none: all. */
  readonly namespaces: readonly string[];
  /** Namespaces to try one by one where the whole may not be read. */
  readonly known: () => readonly string[];
  readonly take: (object: JsonObject) => void;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/**
 * Lists kind after kind, page by page. What may not be read is an answer; throws KubeError when the
 * cluster cannot be reached or does not know who we are.
 */
export async function readCluster(options: ReadClusterOptions): Promise<KindAnswers> {
  const { kinds } = options;
  const reader = new Reader(options);
  const answers = new Map<GroupKind, KindAnswer>();
  const read = async (kind: GroupKind): Promise<void> => {
    answers.set(kind, await reader.answer(kind));
  };
  const [first, ...others] = kinds.owners;
  // The namespaces; others are tried in each of them.
  if (first !== undefined) await read(first);
  const queue = others.values();
  const worker = async (): Promise<void> => {
    for (const kind of queue) await read(kind);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  for (const kind of kinds.stamped) await read(kind);
  return new Map([...kinds.owners, ...kinds.stamped].map((kind) => [kind, mustGet(answers, kind)]));
}

function mustGet(answers: KindAnswers, kind: GroupKind): KindAnswer {
  return answers.get(kind) ?? { state: "unreadable", reason: `${kind} was not read` };
}

class Reader {
  readonly #options: ReadClusterOptions;
  readonly #served: ServedResources;

  constructor(options: ReadClusterOptions) {
    this.#options = options;
    this.#served = new ServedResources(options);
  }

  async answer(kind: GroupKind): Promise<KindAnswer> {
    const info = kindInfo(kind);
    if (info === undefined) throw new RangeError(`${kind} is not in the table of kinds`);
    try {
      const version = await versionToRead(this.#served, info, this.#options.signal);
      if (version === undefined) return { state: "absent" };
      return await this.#read(kind, { ...info, version });
    } catch (error) {
      const failure = transportError(error, this.#options.connection.server);
      if (FATAL.has(failure.code)) throw failure;
      return { state: "unreadable", reason: failure.message };
    }
  }

  async #read(kind: GroupKind, info: KindInfo): Promise<KindAnswer> {
    const { namespaces, known } = this.#options;
    const narrow = namespaces.length > 0 && info.namespaced && isLocal(kind);
    if (!narrow && (await this.#list(info))) return { state: "readable" };
    const what = whatOf(info);
    const everywhere = `needs permission to list ${what}`;
    const places = info.namespaced ? [...(namespaces.length > 0 ? namespaces : known())] : [];
    const read = new Set<string>();
    for (const place of places) if (await this.#list(info, place)) read.add(place);
    const missing = places.filter((place) => !read.has(place));
    if (narrow && missing.length === 0) return { state: "readable" };
    if (read.size === 0) return { state: "unreadable", reason: everywhere };
    const reason = missing.length === 0 ? everywhere : `${everywhere} in ${namespaceList(missing)}`;
    return { state: "unreadable", reason, namespaces: read };
  }

  /** False where it is forbidden. */
  async #list(info: KindInfo, namespace?: string): Promise<boolean> {
    for (let attempt = 1; ; attempt++) {
      try {
        await this.#pages(info, namespace);
        return true;
      } catch (error) {
        const failure = transportError(error, this.#options.connection.server);
        if (failure.code === "forbidden") return false;
        if (attempt >= TRIES || !PASSING.has(failure.code)) throw failure;
        const { clock, signal } = this.#options;
        await clock.sleep(failure.retryAfterMs ?? RETRY_MS * attempt, signal);
        signal.throwIfAborted();
      }
    }
  }

  async #pages(info: KindInfo, namespace: string | undefined): Promise<void> {
    const { connection, take, signal, metadataOnly } = this.#options;
    const isBare = metadataOnly.has(groupKind(info.group, info.kind));
    const apiVersion = info.group === "" ? info.version : `${info.group}/${info.version}`;
    for await (const { items } of listPages(
      connection,
      { ...collectionIn(info, namespace), metadataOnly: isBare },
      signal,
    )) {
      // Items of a list carry neither; bare ones carry their own.
      for (const item of items) take({ ...item, apiVersion, kind: info.kind });
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

/** Nothing that is read after these would be worth anything. */
const FATAL: ReadonlySet<string> = new Set([
  "unreachable",
  "untrusted-server",
  "unauthorized",
  "kubeconfig",
]);

/** Passes by itself, or with a new list. */
const PASSING: ReadonlySet<string> = new Set(["expired", "throttled", "server-error"]);

function collectionIn(info: KindInfo, namespace: string | undefined): Collection {
  const { group, version, plural } = info;
  const root = group === "" ? `/api/${version}` : `/apis/${group}/${version}`;
  const place = namespace === undefined ? "" : `/namespaces/${encodeURIComponent(namespace)}`;
  return { path: `${root}${place}/${plural}`, what: whatOf(info) };
}

function whatOf({ group, plural }: KindInfo): string {
  return group === "" ? plural : `${plural}.${group}`;
}

function namespaceList(names: readonly string[]): string {
  return `namespace${names.length === 1 ? "" : "s"} ${names.join(", ")}`;
}
