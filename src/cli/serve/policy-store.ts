import { readFile } from "node:fs/promises";
import { formatProblem, type LoadedPolicy, loadPolicy } from "../../config/load-policy.ts";
import type { Mode } from "../../engine/modes.ts";
import type { Policy } from "../../engine/policy.ts";
import type { Rule } from "../../engine/rule.ts";
import type { Clock } from "../../usecases/ports/clock.ts";
import type { Logger } from "../../usecases/ports/logger.ts";
import { policyError, readPolicyFile } from "../policy-file.ts";

export interface PolicyStoreOptions {
  /** Undefined: the embedded policy, which never changes. */
  readonly file: string | undefined;
  readonly rules: readonly Rule[];
  readonly modeCap: Mode;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly onChange: (policy: Policy) => void;
}

/** A mounted ConfigMap swaps a symlink that not every file system reports, so the file is polled. */
const POLL_MS = 2_000;

/** The policy in force. A changed file is taken without a restart, a faulty one never. */
export class PolicyStore {
  readonly #options: PolicyStoreOptions;
  #policy: Policy;
  #text: string | undefined;
  #loadedAt: number;
  #failed = false;

  private constructor(options: PolicyStoreOptions, policy: Policy, text: string | undefined) {
    this.#options = options;
    this.#policy = policy;
    this.#text = text;
    this.#loadedAt = options.clock.now();
  }

  /** Throws AppError: nothing starts on a policy that cannot be read or holds mistakes. */
  static async open(options: PolicyStoreOptions): Promise<PolicyStore> {
    const { file } = options;
    const text = file === undefined ? undefined : await readPolicyFile(file);
    const loaded = load(options, text);
    if (!loaded.ok) throw policyError(loaded);
    logWarnings(options.logger, loaded.warnings);
    return new PolicyStore(options, loaded.policy, text);
  }

  current(): Policy {
    return this.#policy;
  }

  /** Milliseconds since the epoch. */
  get loadedAt(): number {
    return this.#loadedAt;
  }

  /** A newer file was refused and the policy before is still in force. */
  get failed(): boolean {
    return this.#failed;
  }

  /** Follows the file until the signal aborts. */
  async watch(signal: AbortSignal): Promise<void> {
    const { file, clock } = this.#options;
    if (file === undefined) return;
    while (!signal.aborted) {
      await clock.sleep(POLL_MS, signal);
      if (!signal.aborted) await this.#refresh(file);
    }
  }

  async #refresh(file: string): Promise<void> {
    const { logger, clock, onChange } = this.#options;
    let text: string;
    try {
      text = await readFile(file, "utf8");
    } catch (error) {
      if (!this.#failed)
        logger.error({ file, error }, "policy file cannot be read, the last one stays");
      this.#failed = true;
      this.#text = undefined;
      return;
    }
    if (text === this.#text) return;
    this.#text = text;
    const loaded = load(this.#options, text);
    if (!loaded.ok) {
      this.#failed = true;
      const problems = loaded.problems.map(formatProblem);
      logger.error({ file, problems }, "policy refused, the last good one stays");
      return;
    }
    logWarnings(logger, loaded.warnings);
    this.#failed = false;
    this.#policy = loaded.policy;
    this.#loadedAt = clock.now();
    logger.info({ file, policy: loaded.policy.name }, "policy loaded");
    onChange(loaded.policy);
  }
}

function load(options: PolicyStoreOptions, text: string | undefined): LoadedPolicy {
  const { file, rules, modeCap, clock } = options;
  return loadPolicy({ text, source: file, rules, modeCap, now: clock.now() });
}

function logWarnings(logger: Logger, warnings: readonly string[]): void {
  for (const warning of warnings) logger.warn({ warning }, "policy");
}
