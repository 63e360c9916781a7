import { readFileSync } from "node:fs";
import type { CliIo, Output } from "./cli/io.ts";
import { runProgram } from "./cli/program.ts";

type StopListener = Parameters<CliIo["onStop"]>[0];

const io: CliIo = {
  env: process.env,
  stdout: output(process.stdout),
  stderr: output(process.stderr),
  stdin: process.stdin,
  version: readVersion(),
  onStop,
  exitNow: (code) => process.exit(code),
};

// A reader that goes away early, such as head, is no fault of ours.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  process.exit(error.code === "EPIPE" ? 0 : 3);
});

process.exitCode = await runProgram(process.argv.slice(2), io);

function output(stream: NodeJS.WriteStream): Output {
  return { write: (text) => void stream.write(text), isTerminal: stream.isTTY === true };
}

function onStop(listener: StopListener): void {
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.on(signal, () => listener("signal", signal));
  }
  const crash = (error: unknown) => listener("crash", faultOf(error));
  process.on("uncaughtException", crash);
  process.on("unhandledRejection", crash);
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
