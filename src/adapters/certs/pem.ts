import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;

/** Every certificate of a PEM text in its order; undefined when there is none or one is unreadable. */
export function readCertificates(pem: string): readonly X509Certificate[] | undefined {
  const blocks = pem.match(CERTIFICATE) ?? [];
  // A truncated last block has no end line: never take the rest for the whole.
  if (blocks.length === 0 || blocks.length !== pem.split("-----BEGIN ").length - 1)
    return undefined;
  try {
    return blocks.map((block) => new X509Certificate(block));
  } catch {
    return undefined;
  }
}

export function readPrivateKey(pem: string): KeyObject | undefined {
  try {
    return createPrivateKey(pem);
  } catch {
    return undefined;
  }
}

/** One certificate as PEM with a final newline. */
export function toPem(certificate: X509Certificate): string {
  return `${certificate.toString().trim()}\n`;
}

/** Several certificates as one PEM text, each once, in order. */
export function toBundle(certificates: readonly X509Certificate[]): string {
  return [...new Set(certificates.map(toPem))].join("");
}
