import type {
  CertificateSource,
  ServingCertificate,
  SourceHealth,
} from "../../usecases/ports/certificate-source.ts";
import type { Clock } from "../../usecases/ports/clock.ts";
import type { Logger } from "../../usecases/ports/logger.ts";
import { type CertificateSet, EMPTY_SET, isEmptySet, toServing } from "./certificate-set.ts";
import { CurrentCertificate } from "./current-certificate.ts";
import { createDirectory, readCertificateFiles, writeCertificateFiles } from "./directory-files.ts";
import { withDirectoryLock } from "./directory-lock.ts";
import { type DirectoryPlan, planDirectory } from "./directory-plan.ts";
import { errorText } from "./error-text.ts";
import { type IssueOptions, type IssuePlan, issueSet } from "./issue.ts";
import { tickMs } from "./renewal.ts";
import { WakeableLoop } from "./wakeable-loop.ts";

export interface DirectorySourceOptions {
  /** `--cert-dir` */
  readonly directory: string;
  readonly issue: IssueOptions;
  readonly clock: Clock;
  readonly logger: Logger;
  /** A number in [0, 1). */
  readonly random: () => number;
}

/**
 * The self-managed source without a cluster: CA and leaf in a folder, made when it is empty,
 * renewed when due, shared by the processes that use it. What cannot be kept there is kept in
 * memory, and what somebody else put there is never overwritten.
 */
export class DirectorySource implements CertificateSource {
  readonly #options: DirectorySourceOptions;
  readonly #current: CurrentCertificate;
  readonly #loop: WakeableLoop;
  /** In service, whether or not the folder holds it. */
  #memory: CertificateSet = EMPTY_SET;

  constructor(options: DirectorySourceOptions) {
    this.#options = options;
    this.#current = new CurrentCertificate(options.logger, "certificate folder");
    this.#loop = new WakeableLoop(options.clock, () => this.#step());
  }

  current(): ServingCertificate | undefined {
    return this.#current.value;
  }

  start(signal: AbortSignal): Promise<void> {
    return this.#loop.start(signal);
  }

  health(): SourceHealth {
    return this.#current.health(this.#options.clock.now());
  }

  onChange(listener: (certificate: ServingCertificate) => void): void {
    this.#current.onChange(listener);
  }

  async #step(): Promise<number> {
    const { issue, random } = this.#options;
    try {
      await this.#refresh();
    } catch (error) {
      // Reached when nothing can be issued at all, such as for a malformed name.
      this.#current.note(`no certificate can be made: ${errorText(error)}`);
    }
    return tickMs(Math.min(issue.leafLifeMs, issue.caLifeMs), random());
  }

  async #refresh(): Promise<void> {
    const { directory } = this.#options;
    try {
      const files = await readCertificateFiles(directory);
      const plan = this.#plan(files);
      if (plan.kind === "serve") return this.#adopt(files, undefined);
      if (plan.kind === "leave") {
        const hint = "put them right or remove them, and start again";
        return await this.#keepInMemory(
          `the files in ${directory} are left alone (${plan.reason}): ${hint}`,
        );
      }
      await createDirectory(directory);
      await withDirectoryLock(directory, this.#options.clock, () => this.#replace());
    } catch (error) {
      await this.#keepInMemory(`${directory} cannot be used (${errorText(error)})`);
    }
  }

  /** Holding the lock. Another process may have been here first. */
  async #replace(): Promise<void> {
    const { directory } = this.#options;
    const files = await readCertificateFiles(directory);
    const plan = this.#plan(files);
    if (plan.kind === "serve") return this.#adopt(files, undefined);
    if (plan.kind === "leave") throw new Error(plan.reason);
    const next = this.#continues(files)
      ? await this.#renewed(this.#memory)
      : await this.#make(files, plan);
    // Into service only what the folder took: the next process reads it from there.
    await writeCertificateFiles(directory, next, files);
    this.#adopt(next, undefined);
  }

  async #keepInMemory(reason: string): Promise<void> {
    const files = await readCertificateFiles(this.#options.directory).catch(() => EMPTY_SET);
    const plan = this.#plan(files);
    const start = isEmptySet(this.#memory) && plan.kind !== "leave" ? files : this.#memory;
    this.#adopt(await this.#renewed(start), `kept in memory only: ${reason}`);
  }

  /** The folder is empty or has the CA that is in memory: what is in service may go there. */
  #continues(files: CertificateSet): boolean {
    if (isEmptySet(this.#memory)) return false;
    return isEmptySet(files) || files["ca.key"] === this.#memory["ca.key"];
  }

  async #renewed(set: CertificateSet): Promise<CertificateSet> {
    const plan = this.#plan(set);
    return plan.kind === "serve" || plan.kind === "leave" ? set : await this.#make(set, plan);
  }

  #make(set: CertificateSet, plan: IssuePlan): Promise<CertificateSet> {
    return issueSet(set, plan, this.#options.issue, this.#options.clock.now());
  }

  #plan(set: CertificateSet): DirectoryPlan {
    const { clock, issue } = this.#options;
    return planDirectory(set, { names: issue.names, now: clock.now() });
  }

  #adopt(set: CertificateSet, note: string | undefined): void {
    this.#memory = set;
    this.#current.swap(toServing(set, this.#options.clock.now()));
    this.#current.note(note);
  }
}
