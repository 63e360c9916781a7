import { AppError } from "../../usecases/app-error.ts";
import type { CliIo } from "../io.ts";

/**
 * Work that a signal ends before it is done: exit code 130 or 143, at once on a second one. Whatever
 * follows the work is ended by signals as every process is.
 */
export async function untilStopped<T>(
  io: CliIo,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const ended = new AbortController();
  const listenNoMore = io.onStop((reason, detail) => {
    const error = reason === "crash" ? fault(detail) : stopped(detail);
    if (ended.signal.aborted) io.exitNow(error instanceof AppError ? error.exitCode : 3);
    ended.abort(error);
  });
  try {
    return await work(ended.signal);
  } catch (error) {
    throw ended.signal.aborted ? ended.signal.reason : error;
  } finally {
    listenNoMore();
  }
}

function stopped(signal: string): AppError {
  const exitCode = signal === "SIGINT" ? 130 : 143;
  const options = { code: "audit-stopped", exitCode } as const;
  return new AppError("the audit was stopped before it was done", options);
}

/** Name and frames of what nobody caught. */
function fault(detail: string): Error {
  const [name] = detail.split("\n", 1);
  return Object.assign(new Error(name), { stack: detail });
}
