import { watch } from "node:fs";
import type {
  CertificateSource,
  ServingCertificate,
  SourceHealth,
} from "../../usecases/ports/certificate-source.ts";
import type { Clock } from "../../usecases/ports/clock.ts";
import type { Logger } from "../../usecases/ports/logger.ts";
import { type CertificateSet, EMPTY_SET, toServing } from "./certificate-set.ts";
import { CurrentCertificate } from "./current-certificate.ts";
import { readCertificateFiles } from "./directory-files.ts";
import { errorText } from "./error-text.ts";
import { announcing, Handover, type HandoverOptions } from "./handover.ts";
import { inspectPair } from "./pair.ts";
import { WakeableLoop } from "./wakeable-loop.ts";

export interface FileSourceOptions {
  /** Holds tls.crt, tls.key and, where callers have to be told whom to trust, ca.crt. */
  readonly directory: string;
  /** DNS names and IP addresses that the certificate has to cover; empty: any will do. */
  readonly names: readonly string[];
  readonly clock: Clock;
  readonly logger: Logger;
  /** Where callers are told whom to trust by this program; otherwise a new pair is taken at once. */
  readonly handover?: HandoverOptions;
}

const POLL_MS = 10_000;
/** While callers are being told of another CA. */
const HANDOVER_POLL_MS = 500;
/** To tell them takes a write; what takes longer is trouble. */
const TELLING_MS = 60_000;

/**
 * Certificates that somebody else makes: cert-manager, a mounted Secret, an operator. Read again
 * on every change and every 10 s, for Kubernetes swaps a symlink that not every file system
 * reports. A pair that must not be served is reported and the last good one stays.
 */
export class FileSource implements CertificateSource {
  readonly #options: FileSourceOptions;
  readonly #current: CurrentCertificate;
  readonly #loop: WakeableLoop;
  readonly #handover: Handover | undefined;
  /** Whose pair is in service. */
  #files: CertificateSet = EMPTY_SET;
  /** When a pair of another CA was found. */
  #waitingSince: number | undefined;
  #watched: { close(): void } | undefined;

  constructor(options: FileSourceOptions) {
    this.#options = options;
    this.#current = new CurrentCertificate(options.logger, "certificate files");
    this.#loop = new WakeableLoop(options.clock, () => this.#step());
    this.#handover = options.handover && new Handover(options.handover);
  }

  current(): ServingCertificate | undefined {
    return this.#current.value;
  }

  start(signal: AbortSignal): Promise<void> {
    signal.addEventListener("abort", () => this.#unwatch(), { once: true });
    return this.#loop.start(signal);
  }

  health(): SourceHealth {
    return this.#current.health(this.#options.clock.now());
  }

  onChange(listener: (certificate: ServingCertificate) => void): void {
    this.#current.onChange(listener);
  }

  async #step(): Promise<number> {
    this.#watch();
    const since = this.#waitingSince;
    this.#waitingSince = undefined;
    try {
      this.#current.note(await this.#reload(since));
    } catch (error) {
      this.#current.note(errorText(error));
    }
    const isWaiting = this.#waitingSince !== undefined;
    this.#current.waiting(
      isWaiting
        ? "a pair of another CA is taken once callers have known that CA for long"
        : undefined,
    );
    return isWaiting ? HANDOVER_POLL_MS : POLL_MS;
  }

  /** Resolves with what is wrong, undefined when all is well. */
  async #reload(waitingSince: number | undefined): Promise<string | undefined> {
    const { clock, directory, names } = this.#options;
    const files = await readCertificateFiles(directory);
    const missing = (["tls.crt", "tls.key"] as const).filter((file) => files[file] === "");
    if (missing.length > 0) return `waiting for ${missing.join(" and ")} in ${directory}`;
    const now = clock.now();
    const ca = files["ca.crt"] === "" ? undefined : files["ca.crt"];
    const pair = { cert: files["tls.crt"], key: files["tls.key"], ca };
    const problems = inspectPair(pair, { names, now });
    if (problems.length > 0) {
      const reasons = problems.map((problem) => problem.message).join("; ");
      return `waiting for a better pair in ${directory}: ${reasons}`;
    }
    if (this.#take(files, now)) return undefined;
    this.#waitingSince = waitingSince ?? now;
    const isLate = now - this.#waitingSince >= TELLING_MS;
    return isLate && this.#handover?.isTold(files, now) === false
      ? "callers could not be told of that CA yet"
      : undefined;
  }

  /** False while callers have to be told of its CA first. */
  #take(files: CertificateSet, now: number): boolean {
    this.#handover?.observe(this.#files, now);
    const due = this.#handover?.isDue(this.#files, files, now) ?? true;
    if (due) this.#files = files;
    this.#current.swap(toServing(due ? files : announcing(this.#files, files), now));
    return due;
  }

  #watch(): void {
    if (this.#watched !== undefined) return;
    try {
      const watcher = watch(this.#options.directory, { persistent: false });
      this.#watched = watcher;
      watcher.on("change", () => this.#loop.wake());
      // Among others when the folder itself is replaced: the next poll starts anew.
      watcher.on("error", () => this.#unwatch());
    } catch {
      // There is no such folder yet, or no more watches: polling has to do.
    }
  }

  #unwatch(): void {
    this.#watched?.close();
    this.#watched = undefined;
  }
}
