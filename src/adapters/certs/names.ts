import type { X509Certificate } from "node:crypto";
import { isIP } from "node:net";

/** Whether a TLS client that asks for `name` accepts the certificate (RFC 6125). */
export function coversName(certificate: X509Certificate, name: string): boolean {
  if (isIP(name) !== 0) return certificate.checkIP(name) !== undefined;
  // A wildcard is not a name that can be asked for: look for it as it stands.
  if (name.includes("*")) return alternativeNames(certificate).includes(name);
  // Go neither reads the common name nor accepts a wildcard for part of a label.
  return certificate.checkHost(name, { subject: "never", partialWildcards: false }) !== undefined;
}

/** DNS names and IP addresses of the certificate, as text. */
export function alternativeNames(certificate: X509Certificate): readonly string[] {
  const parts = certificate.subjectAltName?.split(", ") ?? [];
  return parts.flatMap((part) => /^(?:DNS|IP Address):(.+)$/.exec(part)?.[1] ?? []);
}
