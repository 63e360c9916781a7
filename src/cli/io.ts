import type { Readable } from "node:stream";

export interface Output {
  write(text: string): void;
  readonly isTerminal: boolean;
}

/** Everything of the process that a command may touch; the process itself stays in main.ts. */
export interface CliIo {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly stdin: Readable;
  readonly version: string;
  /** SIGTERM, SIGINT, and faults that would end the process (`crash`); listeners stay registered. */
  onStop(listener: (reason: "signal" | "crash", detail: string) => void): void;
  /** For a second signal: ends the process at once. */
  exitNow(code: number): never;
}
