import { createSecureContext, type SecureContextOptions } from "node:tls";
import type { ServingCertificate } from "../../usecases/ports/certificate-source.ts";
import { errorText } from "./error-text.ts";
import { inspectPair, type PairExpectation } from "./pair.ts";

/**
 * The TLS options of the server, complete: `setSecureContext` resets whatever is left out, so the
 * same set goes into `https.createServer` and into every swap.
 */
export type ServerTlsOptions = Required<Pick<SecureContextOptions, "cert" | "key" | "minVersion">> &
  Pick<SecureContextOptions, "ca">;

export type TlsOptionsResult =
  | { readonly ok: true; readonly options: ServerTlsOptions }
  /** The pair must not go into service; one sentence says why. */
  | { readonly ok: false; readonly reason: string };

/**
 * Verifies a certificate and turns it into server options; OpenSSL itself would take an expired or
 * misnamed one.
 * @param clientCa PEM of the CAs of client certificates, when those are asked for
 */
export function tlsOptions(
  certificate: ServingCertificate,
  expected: PairExpectation,
  clientCa?: string,
): TlsOptionsResult {
  const { cert, key, caBundle } = certificate;
  const problems = inspectPair({ cert, key, ca: caBundle === "" ? undefined : caBundle }, expected);
  if (problems.length > 0) {
    return { ok: false, reason: problems.map((problem) => problem.message).join("; ") };
  }
  const options: ServerTlsOptions = {
    cert,
    key,
    minVersion: "TLSv1.2",
    ...(clientCa === undefined ? {} : { ca: clientCa }),
  };
  try {
    createSecureContext(options);
  } catch (error) {
    return { ok: false, reason: `OpenSSL refuses the certificate: ${errorText(error)}` };
  }
  return { ok: true, options };
}
