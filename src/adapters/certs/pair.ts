import type { X509Certificate } from "node:crypto";
import { coversName } from "./names.ts";
import { readCertificates, readPrivateKey } from "./pem.ts";

export type PairProblemCode =
  | "cert-unreadable"
  | "key-unreadable"
  | "key-mismatch"
  | "ca-unreadable"
  | "ca-not-ca"
  | "not-trusted"
  | "name-missing"
  | "wrong-usage"
  | "expired"
  | "not-yet-valid";

export interface PairProblem {
  readonly code: PairProblemCode;
  /** A clause that starts in lower case and names the file: `tls.key does not belong to tls.crt`. */
  readonly message: string;
}

/** PEM texts; `ca` undefined means that trust is somebody else's business. */
export interface PairText {
  readonly cert: string;
  readonly key: string;
  readonly ca?: string | undefined;
}

export interface PairExpectation {
  /** DNS names and IP addresses that the certificate has to cover. */
  readonly names: readonly string[];
  /** Milliseconds since the epoch. */
  readonly now: number;
}

const SERVER_AUTH = "1.3.6.1.5.5.7.3.1";
const CHAIN_MAX = 5;

/** Why a server must not serve this pair; empty when it may. */
export function inspectPair(pair: PairText, expected: PairExpectation): readonly PairProblem[] {
  const certificates = readCertificates(pair.cert);
  const leaf = certificates?.[0];
  if (certificates === undefined || leaf === undefined) {
    return [problem("cert-unreadable", unreadable(pair.cert, "tls.crt", "certificate"))];
  }
  return [
    ...keyProblems(leaf, pair.key, "tls"),
    ...dateProblems(leaf, expected.now, "tls.crt"),
    ...nameProblems(leaf, expected.names),
    ...usageProblems(leaf),
    ...trustProblems(certificates, pair.ca, expected.now),
  ];
}

/** `file` is the stem of a `.crt` and `.key` couple. */
export function keyProblems(
  certificate: X509Certificate,
  keyPem: string,
  file: "tls" | "ca",
): readonly PairProblem[] {
  const key = readPrivateKey(keyPem);
  if (key === undefined) {
    return [problem("key-unreadable", unreadable(keyPem, `${file}.key`, "private key"))];
  }
  return certificate.checkPrivateKey(key)
    ? []
    : [problem("key-mismatch", `${file}.key does not belong to ${file}.crt`)];
}

export function dateProblems(
  certificate: X509Certificate,
  now: number,
  file: string,
): readonly PairProblem[] {
  const { validFromDate: from, validToDate: to } = certificate;
  if (now > to.getTime()) return [problem("expired", `${file} expired on ${to.toISOString()}`)];
  if (now >= from.getTime()) return [];
  return [problem("not-yet-valid", `${file} is not valid before ${from.toISOString()}`)];
}

/** Signed by `ca`, which is a CA and valid at `now`. */
export function isIssuedBy(leaf: X509Certificate, ca: X509Certificate, now: number): boolean {
  return (
    ca.ca &&
    dateProblems(ca, now, "").length === 0 &&
    leaf.checkIssued(ca) &&
    leaf.verify(ca.publicKey)
  );
}

/** Message for a text that is not what its file name promises, or that is missing. */
export function unreadable(pem: string, file: string, what: "certificate" | "private key"): string {
  return pem.trim() === "" ? `there is no ${file}` : `${file} is not a PEM ${what}`;
}

function nameProblems(leaf: X509Certificate, names: readonly string[]): readonly PairProblem[] {
  return names
    .filter((name) => !coversName(leaf, name))
    .map((name) => problem("name-missing", `tls.crt does not cover ${name}`));
}

function usageProblems(leaf: X509Certificate): readonly PairProblem[] {
  // Without the extension every usage is allowed (RFC 5280, 4.2.1.12); Node then says undefined.
  const usages = leaf.keyUsage as readonly string[] | undefined;
  return usages === undefined || usages.includes(SERVER_AUTH)
    ? []
    : [problem("wrong-usage", "tls.crt is not meant for TLS servers (extended key usage)")];
}

function trustProblems(
  chain: readonly X509Certificate[],
  ca: string | undefined,
  now: number,
): readonly PairProblem[] {
  if (ca === undefined) return [];
  const authorities = readCertificates(ca);
  if (authorities === undefined) {
    return [problem("ca-unreadable", unreadable(ca, "ca.crt", "certificate"))];
  }
  if (leadsTo(authorities, chain, now)) return [];
  const other = authorities.find((authority) => !authority.ca);
  if (other !== undefined) return [problem("ca-not-ca", "ca.crt is not the certificate of a CA")];
  return [problem("not-trusted", "tls.crt is not signed by a valid CA of ca.crt")];
}

/** Follows the intermediates that tls.crt carries, in whatever order they stand. */
function leadsTo(
  authorities: readonly X509Certificate[],
  [leaf, ...intermediates]: readonly X509Certificate[],
  now: number,
): boolean {
  let current = leaf;
  for (let depth = 0; current !== undefined && depth < CHAIN_MAX; depth += 1) {
    const subject: X509Certificate = current;
    if (authorities.some((authority) => isIssuedBy(subject, authority, now))) return true;
    current = intermediates.find((candidate) => isIssuedBy(subject, candidate, now));
  }
  return false;
}

function problem(code: PairProblemCode, message: string): PairProblem {
  return { code, message };
}
