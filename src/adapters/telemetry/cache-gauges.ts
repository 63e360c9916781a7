import type { Registry } from "prom-client";
import { counter, gauge } from "./read-at-scrape.ts";

const STATES = ["cold", "synced", "absent", "blocked"] as const;

/** What one cached kind looks like at the moment. */
export interface CacheState {
  readonly kind: string;
  readonly objects: number;
  /** The API server has answered for it, be it with "absent" or "forbidden". */
  readonly synced: boolean;
  readonly state: (typeof STATES)[number];
  /** The latest try failed and the watch is not open again. */
  readonly problem: boolean;
  /** Wall clock milliseconds; undefined before the first event. */
  readonly lastEventAt: number | undefined;
  /** Since the start of the process. */
  readonly relists: number;
  readonly reconnects: number;
  readonly events: number;
  readonly bytes: number;
}

const COUNTED = [
  ["relists", "cache_relists_total", "Lists after the first"],
  ["reconnects", "cache_reconnects_total", "Watches that ended, the regular way or by a failure"],
  ["events", "cache_watch_events_total", "Watch events, bookmarks included"],
  ["bytes", "cache_received_bytes_total", "Bytes of lists and watches"],
] as const;

/** Registers what is known of the cache, one series for each kind. */
export function registerCaches(registry: Registry, caches: () => Iterable<CacheState>): void {
  const value = (name: string, help: string, read: (cache: CacheState) => number | undefined) =>
    gauge(
      registry,
      name,
      help,
      (set) => {
        for (const cache of caches()) {
          const now = read(cache);
          if (now !== undefined) set(now, { kind: cache.kind });
        }
      },
      ["kind"],
    );
  value("cache_objects", "Objects in the cache", ({ objects }) => objects);
  value("cache_synced", "1 once the API server has answered for this kind", ({ synced }) =>
    Number(synced),
  );
  value(
    "cache_last_event_timestamp_seconds",
    "When the API server was last heard of this kind",
    ({ lastEventAt }) => lastEventAt && lastEventAt / 1_000,
  );
  value("cache_problem", "1 if the latest list or watch of this kind failed", ({ problem }) =>
    Number(problem),
  );
  registerStates(registry, caches);
  for (const [field, name, help] of COUNTED) {
    const read = (set: (count: number, labels: { kind: string }) => void) => {
      for (const cache of caches()) set(cache[field], { kind: cache.kind });
    };
    counter(registry, name, help, read, ["kind"]);
  }
}

function registerStates(registry: Registry, caches: () => Iterable<CacheState>): void {
  gauge(
    registry,
    "cache_state",
    "1 for the state a kind is in: cold, synced, absent (not installed), blocked (not for us)",
    (set) => {
      for (const { kind, state } of caches()) {
        for (const one of STATES) set(Number(one === state), { kind, state: one });
      }
    },
    ["kind", "state"],
  );
}
