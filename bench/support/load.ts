import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const GENERATOR = fileURLToPath(new URL("generator.ts", import.meta.url));

export interface LoadOptions {
  readonly port: number;
  readonly path: string;
  /** Sent in turn. */
  readonly bodies: readonly string[];
  readonly connections: number;
  /** Ends after this time, or after this many requests. */
  readonly seconds?: number;
  readonly requests?: number;
  readonly ca: string;
  /** Of a client that has to say who it is. */
  readonly cert?: string;
  readonly key?: string;
}

export interface LoadResult {
  readonly requests: number;
  readonly seconds: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  /** How many answers had each HTTP status. */
  readonly statuses: Readonly<Record<string, number>>;
}

/** The generator's process; its connections stay open from one run to the next. */
export class Load {
  readonly #child: ChildProcess = fork(GENERATOR, {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });

  /** Throws when a connection breaks or an answer has another status than `expected`. */
  async run(options: LoadOptions, expected = "200"): Promise<LoadResult> {
    this.#child.send(options);
    const [result] = (await once(this.#child, "message")) as [LoadResult & { error?: string }];
    if (result.error !== undefined) throw new Error(`load generator: ${result.error}`);
    const statuses = Object.keys(result.statuses);
    if (statuses.some((status) => status !== expected)) {
      throw new Error(
        `unexpected answers from ${options.path}: ${JSON.stringify(result.statuses)}`,
      );
    }
    return result;
  }

  stop(): void {
    this.#child.kill();
  }
}
