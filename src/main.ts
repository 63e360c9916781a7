import { readFileSync, writeSync } from "node:fs";
import { constants } from "node:os";
import { setImmediate } from "node:timers/promises";
import { asciiPunctuation, showsUtf8 } from "./cli/ascii.ts";
import type { CliIo, Output } from "./cli/io.ts";
import { runProgram } from "./cli/program.ts";

const STOP_SIGNALS = ["SIGTERM", "SIGINT"] as const;
const FAULTS = ["uncaughtException", "unhandledRejection"] as const;

type StopListener = Parameters<CliIo["onStop"]>[0];

const io: CliIo = {
  env: process.env,
  stdout: output(process.stdout),
  stderr: output(process.stderr),
  stdin: process.stdin,
  version: readVersion(),
  onStop,
  uninterrupted,
  exitNow: (code) => process.exit(code),
};

for (const stream of [process.stdout, process.stderr]) stream.on("error", onWriteError);

process.exitCode = await runProgram(process.argv.slice(2), io);

function output(stream: NodeJS.WriteStream): Output {
  const isTerminal = stream.isTTY === true;
  const spell = isTerminal && !showsUtf8(process.env) ? asciiPunctuation : String;
  return {
    write(text) {
      // Nobody reads it any more.
      if (!stream.writable) return;
      stream.write(spell(text));
    },
    isTerminal,
    get columns() {
      return stream.columns;
    },
  };
}

/** A reader that goes away early, such as head, is no fault: the exit code stays the answer's. */
function onWriteError(error: NodeJS.ErrnoException): void {
  if (error.code === "EPIPE") return;
  try {
    writeSync(2, `keymate-guard: the output cannot be written: ${error.code ?? error.message}\n`);
  } catch {
    // Standard error is what failed: there is nobody to tell.
  }
  process.exit(3);
}

function onStop(listener: StopListener): () => void {
  const stop = (signal: string) => listener("signal", signal);
  for (const signal of STOP_SIGNALS) process.on(signal, stop);
  const crash = (error: unknown) => listener("crash", faultOf(error));
  for (const fault of FAULTS) process.on(fault, crash);
  return () => {
    for (const signal of STOP_SIGNALS) process.off(signal, stop);
    for (const fault of FAULTS) process.off(fault, crash);
  };
}

async function uninterrupted(steps: Iterable<() => void>): Promise<void> {
  let stopped: "SIGINT" | "SIGTERM" | undefined;
  const remember = (signal: "SIGINT" | "SIGTERM") => {
    stopped = signal;
  };
  for (const signal of STOP_SIGNALS) process.on(signal, remember);
  try {
    for (const step of steps) {
      step();
      // Signals are told of between two turns of the event loop.
      await setImmediate();
      if (stopped !== undefined) process.exit(128 + constants.signals[stopped]);
    }
  } finally {
    for (const signal of STOP_SIGNALS) process.off(signal, remember);
  }
}

/** Name and frames only: a message may quote what was being read at the time. */
function faultOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  const frames = (error.stack ?? "").split("\n").filter((line) => line.startsWith("    at "));
  return [error.name, ...frames.slice(0, 8)].join("\n");
}

/** The package lies one folder above, both in src and in dist. */
function readVersion(): string {
  const text = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  return String((JSON.parse(text) as { version: unknown }).version);
}
