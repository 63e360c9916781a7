import { readFile } from "node:fs/promises";
import { formatProblem, type LoadedPolicy, loadPolicy } from "../config/load-policy.ts";
import type { Mode } from "../engine/modes.ts";
import type { Policy } from "../engine/policy.ts";
import type { Rule } from "../engine/rule.ts";
import { type AppError, environmentError, usageError } from "../usecases/app-error.ts";

/** Loads a policy once, for the commands that do not follow it. Throws AppError. */
export async function openPolicy(options: {
  readonly file: string | undefined;
  readonly rules: readonly Rule[];
  readonly modeCap: Mode;
  readonly now: number;
}): Promise<Policy> {
  const { file, rules, modeCap, now } = options;
  const text = file === undefined ? undefined : await readPolicyFile(file);
  const loaded = loadPolicy({ text, source: file, rules, modeCap, now });
  if (!loaded.ok) throw policyError(loaded);
  return loaded.policy;
}

/** All mistakes at once, each with its line. */
export function policyError({ problems }: Extract<LoadedPolicy, { ok: false }>): AppError {
  const count = problems.length === 1 ? "a mistake" : `${problems.length} mistakes`;
  return usageError("policy-invalid", `the policy has ${count}`, problems.map(formatProblem));
}

/** Throws AppError. */
export async function readPolicyFile(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (cause) {
    throw environmentError(
      "policy-unreadable",
      `policy file ${file} cannot be read: ${reason(cause)}`,
      cause,
    );
  }
}

function reason(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === "ENOENT") return "there is no such file";
  if (code === "EISDIR") return "it is a folder";
  if (code === "EACCES") return "no permission";
  return String(code ?? error);
}
