import type { X509Certificate } from "node:crypto";
import type { CertificateSet } from "./certificate-set.ts";
import { inspectPair } from "./pair.ts";
import { readCertificates, toBundle, toPem } from "./pem.ts";

export interface HandoverOptions {
  /** Whether callers were told to trust a CA (PEM). */
  readonly trusts: (ca: string) => boolean;
  /** Nobody acknowledges a CA, so time is bought: how long callers know it before it is used. */
  readonly overlapMs: number;
}

/** When to go over to a pair of another CA that somebody else made. */
export class Handover {
  readonly #options: HandoverOptions;
  /** By fingerprint, in milliseconds since the epoch. */
  readonly #trustedSince = new Map<string, number>();

  constructor(options: HandoverOptions) {
    this.#options = options;
  }

  /** Keeps account of which CAs of `set` callers trust; has to be told at every look. */
  observe(set: CertificateSet, now: number): void {
    for (const authority of readCertificates(set["ca.crt"]) ?? []) {
      const { fingerprint256 } = authority;
      if (!this.#options.trusts(toPem(authority))) this.#trustedSince.delete(fingerprint256);
      else if (!this.#trustedSince.has(fingerprint256)) this.#trustedSince.set(fingerprint256, now);
    }
  }

  /** Whether `next`, a good pair, may take the place of `current` now. */
  isDue(current: CertificateSet, next: CertificateSet, now: number): boolean {
    this.observe(next, now);
    const [old, fresh] = [anchorsOf(current, now), anchorsOf(next, now)];
    // Nobody can be told whom to trust, or the pair in service is good for nothing any more.
    if (fresh.length === 0 || old.length === 0) return true;
    return fresh.some((anchor) => old.includes(anchor) || this.#isPublished(anchor, now));
  }

  /** Whether callers were told of the CA of `next`, however lately. */
  isTold(next: CertificateSet, now: number): boolean {
    return anchorsOf(next, now).some((anchor) => this.#trustedSince.has(anchor));
  }

  #isPublished(anchor: string, now: number): boolean {
    const since = this.#trustedSince.get(anchor);
    return since !== undefined && now - since >= this.#options.overlapMs;
  }
}

/** `current` with the CAs of both: what to tell callers until the handover. */
export function announcing(current: CertificateSet, next: CertificateSet): CertificateSet {
  const authorities = [next, current].flatMap((set) => readCertificates(set["ca.crt"]) ?? []);
  return { ...current, "ca.crt": toBundle(authorities) };
}

/** Fingerprints of the CAs under which the pair of a set may be served. */
function anchorsOf(set: CertificateSet, now: number): readonly string[] {
  const leads = (authority: X509Certificate) => {
    const pair = { cert: set["tls.crt"], key: set["tls.key"], ca: toPem(authority) };
    return inspectPair(pair, { names: [], now }).length === 0;
  };
  const authorities = readCertificates(set["ca.crt"]) ?? [];
  return authorities.filter(leads).map((authority) => authority.fingerprint256);
}
