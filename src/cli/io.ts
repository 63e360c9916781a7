import type { Readable } from "node:stream";

export interface Output {
  write(text: string): void;
  readonly isTerminal: boolean;
  /** Of the terminal, as it is now. */
  readonly columns?: number | undefined;
}

/** Everything of the process that a command may touch; the process itself stays in main.ts. */
export interface CliIo {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly version: string;
  /**
   * SIGTERM, SIGINT, and faults that would end the process (`crash`), until the function that it gives
   * back is called: then both end the process by themselves again.
   */
  onStop(listener: (reason: "signal" | "crash", detail: string) => void): () => void;
  /**
   * Runs steps that no signal may cut in two, such as replacing a file. A signal that came meanwhile
   * ends the process before the next one, with exit code 128 and the signal's number.
   */
  uninterrupted(steps: Iterable<() => void>): Promise<void>;
  /** For a second signal: ends the process at once. */
  exitNow(code: number): never;
}
