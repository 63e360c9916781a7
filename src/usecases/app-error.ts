import type { CodeOf, ErrorCode } from "./error-codes.ts";

/**
 * 2: the user's command, settings or policy are wrong. 3: the surroundings are (file, cluster).
 * 130 and 143: SIGINT or SIGTERM came before the answer, by the convention of shells.
 */
export type ErrorExitCode = 2 | 3 | 130 | 143;

export interface AppErrorOptions {
  /** Stable, for scripts and docs: `policy-invalid`. */
  readonly code: ErrorCode;
  readonly exitCode: ErrorExitCode;
  /** When there are several mistakes, one line each. */
  readonly problems?: readonly string[];
  readonly cause?: unknown;
}

/** A failure told to the user: the message is one clear sentence that names what to do. */
export class AppError extends Error {
  override readonly name = "AppError";
  readonly code: ErrorCode;
  readonly exitCode: ErrorExitCode;
  readonly problems: readonly string[];

  constructor(message: string, options: AppErrorOptions) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = options.code;
    this.exitCode = options.exitCode;
    this.problems = options.problems ?? [];
  }
}

/** The command line, a setting or the policy is wrong: exit code 2. */
export function usageError(
  code: CodeOf<2>,
  message: string,
  problems: readonly string[] = [],
): AppError {
  return new AppError(message, { code, exitCode: 2, problems });
}

/** Something outside could not be read or reached: exit code 3. */
export function environmentError(code: CodeOf<3>, message: string, cause?: unknown): AppError {
  return new AppError(message, { code, exitCode: 3, cause });
}
