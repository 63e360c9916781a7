import type { ServingCertificate } from "../../usecases/ports/certificate-source.ts";
import type { Logger } from "../../usecases/ports/logger.ts";

/** The certificate in service and who wants to know about the next one. */
export class CurrentCertificate {
  readonly #logger: Logger;
  readonly #listeners: ((certificate: ServingCertificate) => void)[] = [];
  #value: ServingCertificate | undefined;

  constructor(logger: Logger) {
    this.#logger = logger;
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

  /** One listener that fails must not keep the others on the old certificate. */
  #tell(listener: (certificate: ServingCertificate) => void, next: ServingCertificate): void {
    try {
      listener(next);
    } catch (error) {
      this.#logger.error({ err: error }, "certificate listener failed");
    }
  }
}

function isSame(a: ServingCertificate, b: ServingCertificate): boolean {
  return a.cert === b.cert && a.key === b.key && a.caBundle === b.caBundle;
}
