/** Dates of a certificate. */
export interface Validity {
  readonly validFromDate: Date;
  readonly validToDate: Date;
}

const MINUTE_MS = 60_000;

/** Less than a third of the certificate's own life is left. */
export function isRenewalDue(certificate: Validity, now: number): boolean {
  return now > renewAt(certificate);
}

/** Milliseconds since the epoch from which `isRenewalDue` holds. */
export function renewAt(certificate: Validity): number {
  const from = certificate.validFromDate.getTime();
  const to = certificate.validToDate.getTime();
  return to - (to - from) / 3;
}

/**
 * Milliseconds until the next look at the wall clock: at most a minute, a tenth of a short life,
 * spread by 20 % either way so that replicas do not look together. A single long timer would not
 * do: setTimeout fires at once beyond 24.8 days, and a suspended machine freezes it.
 * @param random a number in [0, 1)
 */
export function tickMs(lifeMs: number, random: number): number {
  return Math.min(MINUTE_MS, lifeMs / 10) * (0.8 + 0.4 * random);
}

/** Milliseconds before the end of a certificate in which there are two looks at the clock at least. */
export function lastCallMs(lifeMs: number): number {
  return 2 * tickMs(lifeMs, 1);
}

/** Milliseconds within which every replica has looked once, and had time to write. */
export function othersMs(lifeMs: number): number {
  return 1.25 * tickMs(lifeMs, 1);
}

/**
 * Milliseconds to wait after the given number of failures in a row: 1 s doubling to 60 s, of which
 * the upper half is random.
 * @param random a number in [0, 1)
 */
export function backoffMs(failures: number, random: number): number {
  const full = Math.min(MINUTE_MS, 1000 * 2 ** Math.max(0, failures - 1));
  return Math.max(1000, full * (0.5 + 0.5 * random));
}
