import type { ServingCertificate, SourceHealth } from "../../usecases/ports/certificate-source.ts";

/**
 * Healthy while a certificate within its dates is in service, whatever else is wrong.
 * @param note what else is wrong, as a clause
 */
export function servingHealth(
  current: ServingCertificate | undefined,
  note: string | undefined,
  now: number,
): SourceHealth {
  const more = note === undefined ? "" : `; ${note}`;
  if (current === undefined) return { healthy: false, detail: `no certificate yet${more}` };
  const until = current.notAfter.toISOString();
  if (now > current.notAfter.getTime()) {
    return { healthy: false, detail: `the certificate in service expired on ${until}${more}` };
  }
  return { healthy: true, detail: `certificate in service until ${until}${more}` };
}
