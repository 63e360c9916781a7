import { Session } from "node:inspector";

interface Script {
  readonly url: string;
  readonly functions: readonly {
    readonly ranges: readonly { readonly startOffset: number; readonly count: number }[];
  }[];
}

/** Which blocks of `src` have run, and about how often, by V8's own block coverage. */
export class Coverage {
  readonly #session = new Session();
  readonly #seen = new Set<string>();

  constructor() {
    this.#session.connect();
    this.#session.post("Profiler.enable");
    this.#session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: true });
  }

  get size(): number {
    return this.#seen.size;
  }

  /** What ran since the last call and never before, or by an order more often; not seen until `keep`. */
  fresh(): readonly string[] {
    const keys = new Set<string>();
    for (const { url, functions } of this.#take()) {
      if (!url.includes("/src/")) continue;
      for (const { ranges } of functions) {
        for (const { startOffset, count } of ranges) {
          const key = `${url}:${startOffset}:${Math.floor(Math.log2(count))}`;
          if (count > 0 && !this.#seen.has(key)) keys.add(key);
        }
      }
    }
    return [...keys];
  }

  keep(keys: readonly string[]): void {
    for (const key of keys) this.#seen.add(key);
  }

  /** Code runs at its full speed from here on. */
  stop(): void {
    this.#session.post("Profiler.stopPreciseCoverage");
    this.#session.disconnect();
  }

  #take(): readonly Script[] {
    let scripts: readonly Script[] = [];
    this.#session.post("Profiler.takePreciseCoverage", (error, { result }) => {
      if (error) throw error;
      scripts = result;
    });
    return scripts;
  }
}
