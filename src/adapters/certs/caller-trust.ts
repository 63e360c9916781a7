import type { X509Certificate } from "node:crypto";
import type { SharedCertificate } from "../../usecases/ports/certificate-source.ts";
import type { Clock } from "../../usecases/ports/clock.ts";
import { isOwn } from "./certificate-set.ts";
import { readCertificates, toBundle } from "./pem.ts";

export interface CallerTrustOptions {
  /** undefined: nobody else serves another certificate than ours. */
  readonly shared: SharedCertificate | undefined;
  readonly clock: Clock;
}

/** Somebody who keeps adding CAs must not make the Secret grow. */
const PUBLISHED_MAX = 3;

/**
 * What the entries tell callers to trust, when several replicas write them. A CA that another
 * replica may serve under leaves them only after a look at the Secret that began when it had been
 * seen there: whoever was asleep during a rotation must not take the new CA away.
 */
export class CallerTrust {
  readonly #options: CallerTrustOptions;
  #live: readonly string[] | undefined;
  /** By fingerprint, since when every entry has the CA. */
  #since: ReadonlyMap<string, number> = new Map();
  /** The look that has to be confirmed before CAs that we do not know may go. */
  #look: number | undefined;

  constructor(options: CallerTrustOptions) {
    this.#options = options;
  }

  /** @param live the bundles of all entries (PEM); undefined while unknown */
  observe(live: readonly string[] | undefined): void {
    if (isSame(this.#live, live)) return;
    this.#live = live;
    this.#look = undefined;
    const now = this.#options.clock.now();
    const everywhere = (live ?? []).map((bundle) => new Set(certificatesOf(bundle).map(idOf)));
    const [first = new Set<string>(), ...others] = everywhere;
    const common = [...first].filter((id) => others.every((ids) => ids.has(id)));
    this.#since = new Map(common.map((id) => [id, this.#since.get(id) ?? now]));
  }

  /** `own` (PEM), and the CAs of other replicas that callers are told besides until a look is done. */
  bundle(own: string): string {
    const ours = certificatesOf(own);
    const others = this.#others(new Set(ours.map(idOf)));
    if (others.length === 0 || this.#isLookDone()) return own;
    return toBundle([...ours, ...others]);
  }

  /**
   * Since when every entry has this CA (PEM), as far as this process saw; undefined when one has
   * not, 0 when there is no entry that could.
   */
  trustedSince(ca: string): number | undefined {
    if (this.#live?.length === 0) return 0;
    const [certificate] = certificatesOf(ca);
    return certificate && this.#since.get(idOf(certificate));
  }

  /** The CAs of this program that entries contain (PEM), the newest three: others may serve by them. */
  published(): string {
    const byAge = this.#others(new Set()).toSorted(
      (a, b) => b.validFromDate.getTime() - a.validFromDate.getTime(),
    );
    return toBundle(dedupe(byAge).slice(0, PUBLISHED_MAX));
  }

  /** Whether there is an entry, so that some replica served once and may still do. */
  hasEntries(): boolean {
    return this.#live !== undefined && this.#live.length > 0;
  }

  #others(known: ReadonlySet<string>): readonly X509Certificate[] {
    const now = this.#options.clock.now();
    return (this.#live ?? [])
      .flatMap(certificatesOf)
      .filter((ca) => !known.has(idOf(ca)) && isOwn(ca) && ca.validToDate.getTime() >= now);
  }

  #isLookDone(): boolean {
    const { shared } = this.#options;
    if (shared === undefined) return true;
    this.#look ??= shared.look();
    return shared.confirmed() >= this.#look;
  }
}

function dedupe(certificates: readonly X509Certificate[]): readonly X509Certificate[] {
  return [...new Map(certificates.map((item) => [idOf(item), item])).values()];
}

function certificatesOf(pem: string): readonly X509Certificate[] {
  return readCertificates(pem) ?? [];
}

function idOf(certificate: X509Certificate): string {
  return certificate.fingerprint256;
}

function isSame(a: readonly string[] | undefined, b: readonly string[] | undefined): boolean {
  return a?.length === b?.length && (a ?? []).every((bundle, index) => bundle === b?.[index]);
}
