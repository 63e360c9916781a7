import type { X509Certificate } from "node:crypto";
import type { Clock } from "../../usecases/ports/clock.ts";
import { readCertificates, toBundle } from "./pem.ts";

export interface SharedBundleOptions {
  readonly clock: Clock;
  /** How long a CA stays that is not ours. */
  readonly keepMs: number;
}

/**
 * What several replicas tell callers to trust whose files change one after the other, in the same
 * order for all of them: nobody takes a CA away under which another still serves.
 */
export class SharedBundle {
  readonly #options: SharedBundleOptions;
  /** When a CA of others was first seen, by fingerprint. */
  #since = new Map<string, number>();

  constructor(options: SharedBundleOptions) {
    this.#options = options;
  }

  /**
   * Our CAs, and for a while those that callers are told besides (PEM).
   * @param live the bundles of all entries
   */
  merge(own: string, live: readonly string[]): string {
    const { clock, keepMs } = this.#options;
    const now = clock.now();
    const ours = new Map(certificatesOf(own).map((ca) => [ca.fingerprint256, ca]));
    const since = new Map<string, number>();
    const kept = new Map(ours);
    for (const ca of live.flatMap(certificatesOf)) {
      const { fingerprint256: id } = ca;
      if (ours.has(id) || !ca.ca || ca.validToDate.getTime() < now) continue;
      const seen = this.#since.get(id) ?? now;
      since.set(id, seen);
      if (now - seen < keepMs) kept.set(id, ca);
    }
    this.#since = since;
    return toBundle([...kept.values()].toSorted(newestFirst));
  }
}

function certificatesOf(pem: string): readonly X509Certificate[] {
  return readCertificates(pem) ?? [];
}

function newestFirst(a: X509Certificate, b: X509Certificate): number {
  const age = b.validFromDate.getTime() - a.validFromDate.getTime();
  return age === 0 ? a.fingerprint256.localeCompare(b.fingerprint256) : age;
}
