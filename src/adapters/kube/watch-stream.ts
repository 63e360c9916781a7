import type { Clock } from "../../usecases/ports/clock.ts";
import type { ApiStream, Connection } from "./api-client.ts";
import {
  type Collection,
  collectionRequest,
  parseWatchLine,
  type WatchEvent,
} from "./collection.ts";
import { answerError, KubeError, statusError } from "./kube-error.ts";
import { LineSplitter } from "./line-splitter.ts";

/**
 * The API server sends a bookmark about every minute, so this long a silence may mean a dead peer.
 * It need not: a kind without any change gets none while etcd reports no progress.
 */
const STALL_MS = 90_000;
/** A watch is answered at once, or after the API server has filled its own cache. */
const UNANSWERED_MS = 60_000;
const MAX_LINE_BYTES = 32 * 1024 * 1024;
const MAX_ERROR_BYTES = 64 * 1024;

export interface WatchOptions {
  readonly connection: Connection;
  readonly collection: Collection;
  readonly resourceVersion: string;
  readonly clock: Clock;
  readonly random: () => number;
}

export interface WatchHandlers {
  /** The server accepted the watch. */
  opened(): void;
  received(bytes: number): void;
  event(event: Exclude<WatchEvent, { type: "error" }>): void;
}

/** `silent`: nothing came for 90 s after the last byte; `mute`: there never was a byte. */
export type WatchEnd = "ended" | "silent" | "mute";

/**
 * One watch from start to end. Returns when the server ends it or is silent for 90 s; throws
 * KubeError, `expired` when only a new list can help, `stalled` when it is not answered for 60 s.
 */
export async function watchOnce(
  options: WatchOptions,
  handlers: WatchHandlers,
  signal: AbortSignal,
): Promise<WatchEnd> {
  const guard = new StallGuard(options.clock);
  const stop = () => guard.stop();
  signal.addEventListener("abort", stop, { once: true });
  try {
    if (signal.aborted) return "ended";
    await readEvents(options, handlers, guard);
    return "ended";
  } catch (error) {
    if (!guard.stalled) throw error;
    if (guard.opened) return guard.heard ? "silent" : "mute";
    const text = `the watch of ${options.collection.what} was not answered for ${UNANSWERED_MS / 1000} s`;
    throw new KubeError("stalled", text);
  } finally {
    signal.removeEventListener("abort", stop);
    guard.stop();
  }
}

async function readEvents(
  options: WatchOptions,
  handlers: WatchHandlers,
  guard: StallGuard,
): Promise<void> {
  const { connection, collection, resourceVersion, random } = options;
  const query = {
    watch: true,
    allowWatchBookmarks: true,
    resourceVersion,
    // Random, so that the watches of many replicas do not end together.
    timeoutSeconds: 300 + Math.floor(random() * 301),
  };
  const request = collectionRequest(collection, query, "");
  const stream = await connection.stream({ ...request, signal: guard.signal });
  if (stream.status !== 200) throw await refusal(stream, collection.what);
  guard.open();
  handlers.opened();
  const lines = new LineSplitter(MAX_LINE_BYTES);
  for await (const chunk of stream.chunks) {
    guard.alive();
    handlers.received(chunk.length);
    for (const line of splitLines(lines, chunk, collection.what)) {
      const event = parseWatchLine(line);
      if (event === undefined) {
        throw new KubeError(
          "garbled",
          `the watch of ${collection.what} sent a line that is not an event`,
        );
      }
      if (event.type === "error") throw statusError(event.status, "watch", collection.what);
      handlers.event(event);
    }
  }
}

function* splitLines(splitter: LineSplitter, chunk: Buffer, what: string): Generator<string> {
  try {
    yield* splitter.push(chunk);
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    // The event cannot be taken from the watch, so the list has to bring it.
    throw new KubeError("expired", `the watch of ${what} sent too long a line`, { cause });
  }
}

async function refusal(stream: ApiStream, what: string): Promise<KubeError> {
  let body = "";
  for await (const chunk of stream.chunks) {
    body += chunk.toString("utf8");
    if (body.length > MAX_ERROR_BYTES) break;
  }
  return answerError({ status: stream.status, headers: stream.headers, body }, "watch", what);
}

/** Aborts its signal when nothing arrived for too long. One timer per watch, none per event. */
class StallGuard {
  readonly #abort = new AbortController();
  readonly #answered = new AbortController();
  readonly #clock: Clock;
  #last: number;
  #heard = false;
  #stalled = false;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#last = clock.now();
    void this.#run();
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  get stalled(): boolean {
    return this.#stalled;
  }

  get opened(): boolean {
    return this.#answered.signal.aborted;
  }

  /** Whether a single byte came. */
  get heard(): boolean {
    return this.#heard;
  }

  open(): void {
    this.#last = this.#clock.now();
    this.#answered.abort();
  }

  alive(): void {
    this.#heard = true;
    this.#last = this.#clock.now();
  }

  stop(): void {
    this.#abort.abort();
  }

  async #run(): Promise<void> {
    const either = AbortSignal.any([this.signal, this.#answered.signal]);
    const isUnanswered = await this.#isSilent(UNANSWERED_MS, either);
    if (!isUnanswered && !(await this.#isSilent(STALL_MS, this.signal))) return;
    this.#stalled = true;
    this.stop();
  }

  /** True after so long without a byte, false as soon as the signal aborts. */
  async #isSilent(patienceMs: number, signal: AbortSignal): Promise<boolean> {
    while (!signal.aborted) {
      // The wall clock may go back.
      this.#last = Math.min(this.#last, this.#clock.now());
      const left = this.#last + patienceMs - this.#clock.now();
      if (left <= 0) return true;
      await this.#clock.sleep(left, signal);
    }
    return false;
  }
}
