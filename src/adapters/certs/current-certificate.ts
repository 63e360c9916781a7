import type { ServingCertificate, SourceHealth } from "../../usecases/ports/certificate-source.ts";
import type { Logger } from "../../usecases/ports/logger.ts";

/** The certificate in service, who wants to know about the next one, and what is wrong. */
export class CurrentCertificate {
  readonly #logger: Logger;
  readonly #listeners: ((certificate: ServingCertificate) => void)[] = [];
  readonly #subject: string;
  #value: ServingCertificate | undefined;
  #note: string | undefined;
  #waiting: string | undefined;

  /** @param subject constant text of the warnings: where the certificate should come from */
  constructor(logger: Logger, subject: string) {
    this.#logger = logger;
    this.#subject = subject;
  }

  get value(): ServingCertificate | undefined {
    return this.#value;
  }

  onChange(listener: (certificate: ServingCertificate) => void): void {
    this.#listeners.push(listener);
  }

  /** Puts `next` into service and tells everybody, unless it is in service already. */
  swap(next: ServingCertificate): void {
    const before = this.#value;
    if (before !== undefined && isSame(before, next)) return;
    this.#value = next;
    if (before?.fingerprint !== next.fingerprint) {
      const { fingerprint, notAfter } = next;
      this.#logger.info(
        { fingerprint, notAfter: notAfter.toISOString() },
        "certificate in service",
      );
    }
    for (const listener of this.#listeners) this.#tell(listener, next);
  }

  /** What is wrong besides, as a clause; undefined when all is well. Warns once for each. */
  note(reason: string | undefined): void {
    if (reason !== undefined && reason !== this.#note) this.#logger.warn({ reason }, this.#subject);
    this.#note = reason;
  }

  /** What is under way and as it should be, as a clause. */
  waiting(clause: string | undefined): void {
    this.#waiting = clause;
  }

  /** Healthy while a certificate within its dates is in service, whatever else is wrong. */
  health(now: number): SourceHealth {
    const problem = this.#note;
    const more = [this.#waiting, problem].map((clause) => (clause ? `; ${clause}` : "")).join("");
    if (this.#value === undefined) {
      return { healthy: false, detail: `no certificate yet${more}`, problem };
    }
    const { notAfter } = this.#value;
    const until = notAfter.toISOString();
    return now > notAfter.getTime()
      ? { healthy: false, detail: `the certificate in service expired on ${until}${more}`, problem }
      : { healthy: true, detail: `certificate in service until ${until}${more}`, problem };
  }

  /** One listener that fails must not keep the others on the old certificate. */
  #tell(listener: (certificate: ServingCertificate) => void, next: ServingCertificate): void {
    try {
      listener(next);
    } catch (error) {
      this.#logger.error({ error }, "certificate listener failed");
    }
  }
}

function isSame(a: ServingCertificate, b: ServingCertificate): boolean {
  return a.cert === b.cert && a.key === b.key && a.caBundle === b.caBundle;
}
