import { AppError } from "../usecases/app-error.ts";
import type { CliIo } from "./io.ts";

/** Prints one clear sentence and what belongs to it; gives the exit code. */
export function reportError(error: unknown, io: CliIo, argv: readonly string[]): number {
  const { message, problems, exitCode } = explain(error);
  const isDebug = wantsStack(argv, io);
  const lines = [`keymate-guard: ${message}`, ...problems.map((problem) => `  ${problem}`)];
  io.stderr.write(`${lines.join("\n")}\n`);
  if (isDebug && error instanceof Error && "code" in error)
    io.stderr.write(`  code: ${error.code}\n`);
  if (isDebug && error instanceof Error) io.stderr.write(`${error.stack ?? ""}\n`);
  return exitCode;
}

function explain(error: unknown): Pick<AppError, "message" | "problems" | "exitCode"> {
  if (error instanceof AppError) return error;
  // Told apart by name: the class would load the Kubernetes adapter into every command.
  if (error instanceof Error && error.name === "KubeError") {
    return { message: error.message, problems: [], exitCode: 3 };
  }
  const text = error instanceof Error ? error.message : String(error);
  const message = `a fault of the program itself: ${text}; --log-level debug shows where`;
  return { message, problems: [], exitCode: 3 };
}

/** Settings may be what is wrong, so that only the words themselves can be asked. */
function wantsStack(argv: readonly string[], { env }: CliIo): boolean {
  if (env["KEYMATE_GUARD_LOG_LEVEL"] === "debug") return true;
  const at = argv.indexOf("--log-level");
  return argv.includes("--log-level=debug") || (at >= 0 && argv[at + 1] === "debug");
}
