import { TerminalProgress } from "../adapters/output/progress.ts";
import { NO_PROGRESS, type Progress } from "../usecases/ports/progress.ts";
import type { CliIo, Output } from "./io.ts";

/** NO_COLOR wins over FORCE_COLOR, and both over what the terminal can do. */
export function wantsColour({ env }: Pick<CliIo, "env">, output: Output): boolean {
  if (env["NO_COLOR"]) return false;
  const force = env["FORCE_COLOR"];
  if (force) return force !== "0" && force !== "false";
  return output.isTerminal && env["TERM"] !== "dumb";
}

/** Only for somebody who looks on: a build server may lend its jobs a terminal, and sets CI. */
export function progressFor(
  { env, stderr }: Pick<CliIo, "env" | "stderr">,
  logFormat: string,
): Progress {
  const isWatched = stderr.isTerminal && env["TERM"] !== "dumb" && !env["CI"];
  if (!isWatched || logFormat === "json") return NO_PROGRESS;
  return new TerminalProgress({
    terminal: stderr,
    now: () => performance.now(),
    after(ms, callback) {
      const timer = setTimeout(callback, ms).unref();
      return { cancel: () => clearTimeout(timer) };
    },
  });
}

const NARROWEST = 40;
const WIDEST = 80;

/** Columns for running text: 80, or fewer where the terminal is narrower. */
export function textWidth({ isTerminal, columns }: Output): number {
  if (!isTerminal || columns === undefined) return WIDEST;
  return Math.min(WIDEST, Math.max(NARROWEST, columns));
}
