import type { X509Certificate } from "node:crypto";
import type { ServingCertificate } from "../../usecases/ports/certificate-source.ts";
import { alternativeNames } from "./names.ts";
import { ORGANISATION } from "./organisation.ts";
import {
  dateProblems,
  inspectPair,
  isIssuedBy,
  keyProblems,
  type PairExpectation,
  type PairProblem,
  unreadable,
} from "./pair.ts";
import { readCertificates, toBundle, toPem } from "./pem.ts";
import { isRenewalDue } from "./renewal.ts";

/** File names in a certificate folder and keys in the Secret, in the order they are written. */
export const CERTIFICATE_FILES = ["ca.crt", "ca.key", "tls.crt", "tls.key"] as const;

export type CertificateFile = (typeof CERTIFICATE_FILES)[number];

/** PEM texts; empty where a file is missing. `ca.crt` holds the newest CA first. */
export type CertificateSet = Readonly<Record<CertificateFile, string>>;

/** The CA that `ca.key` belongs to. */
export interface Authority {
  readonly certificate: X509Certificate;
  readonly pair: { readonly cert: string; readonly key: string };
  /** Made by this program, and not somebody's own CA. */
  readonly own: boolean;
}

/** What a set is good for at one moment. */
export interface Examination {
  readonly authorities: readonly X509Certificate[];
  /** Able to sign now; undefined with the reasons in `authorityProblems`. */
  readonly authority: Authority | undefined;
  readonly authorityProblems: readonly PairProblem[];
  readonly leaf: X509Certificate | undefined;
  /** The CA of `ca.crt` that signed the leaf. */
  readonly issuer: X509Certificate | undefined;
  /** Empty when the pair may be served. */
  readonly leafProblems: readonly PairProblem[];
}

/** Beyond, somebody keeps adding names and old ones are let go. */
const NAMES_MAX = 50;

export const EMPTY_SET: CertificateSet = {
  "ca.crt": "",
  "ca.key": "",
  "tls.crt": "",
  "tls.key": "",
};

export function isEmptySet(set: CertificateSet): boolean {
  return CERTIFICATE_FILES.every((file) => set[file].trim() === "");
}

export function isSameSet(a: CertificateSet, b: CertificateSet): boolean {
  return CERTIFICATE_FILES.every((file) => a[file] === b[file]);
}

export function examine(set: CertificateSet, expected: PairExpectation): Examination {
  const authorities = readCertificates(set["ca.crt"]) ?? [];
  const [authority, authorityProblems] = findAuthority(authorities, set, expected.now);
  const leaf = readCertificates(set["tls.crt"])?.[0];
  return {
    authorities,
    authority,
    authorityProblems,
    leaf,
    issuer: leaf && authorities.find((candidate) => isIssuedBy(leaf, candidate, expected.now)),
    leafProblems: inspectPair(
      { cert: set["tls.crt"], key: set["tls.key"], ca: set["ca.crt"] },
      expected,
    ),
  };
}

/** Less than a third of the leaf's life is left, and a new one would last longer. */
export function isLeafDue(state: Examination, authority: Authority, now: number): boolean {
  const { leaf } = state;
  if (leaf === undefined || !isRenewalDue(leaf, now)) return false;
  // A leaf never outlives its CA: near the CA's end renewing gains nothing, again and again.
  return authority.certificate.validToDate.getTime() > leaf.validToDate.getTime();
}

/** CAs to go on trusting beside a new one: the two newest and the one that signed the leaf. */
export function trustedStill({ authorities, issuer }: Examination): readonly X509Certificate[] {
  const newest = authorities.slice(0, issuer !== undefined && authorities[0] !== issuer ? 1 : 2);
  return issuer === undefined || newest.includes(issuer) ? newest : [...newest, issuer];
}

/**
 * Names of a leaf whose only fault is that others are missing. Its successor keeps them, or two
 * replicas of different configuration would go on replacing each other's.
 */
export function namesToKeep({ leaf, leafProblems }: Examination): readonly string[] {
  const onlyNames = leafProblems.every((problem) => problem.code === "name-missing");
  if (leaf === undefined || leafProblems.length === 0 || !onlyNames) return [];
  const names = alternativeNames(leaf);
  return names.length > NAMES_MAX ? [] : names;
}

/** The part of a set that goes into service. The pair has been inspected before. */
export function toServing(set: CertificateSet, now: number): ServingCertificate {
  const leaf = readCertificates(set["tls.crt"])?.[0];
  if (leaf === undefined) throw new TypeError("tls.crt holds no certificate");
  const authorities = readCertificates(set["ca.crt"]) ?? [];
  const issuer = authorities.find((candidate) => isIssuedBy(leaf, candidate, now));
  return {
    cert: set["tls.crt"],
    key: set["tls.key"],
    caBundle: toBundle(authorities),
    notAfter: leaf.validToDate,
    caNotAfter: (issuer ?? authorities[0])?.validToDate,
    fingerprint: leaf.fingerprint256,
  };
}

function findAuthority(
  authorities: readonly X509Certificate[],
  { "ca.crt": cert, "ca.key": key }: CertificateSet,
  now: number,
): readonly [Authority | undefined, readonly PairProblem[]] {
  const first = authorities[0];
  if (first === undefined) {
    const message = unreadable(cert, "ca.crt", "certificate");
    return [undefined, [{ code: "ca-unreadable", message }]];
  }
  // After an interrupted rotation ca.key may still belong to an older certificate of the bundle.
  const owner = authorities.find((item) => keyProblems(item, key, "ca").length === 0);
  if (owner === undefined) return [undefined, keyProblems(first, key, "ca")];
  if (!owner.ca) {
    const message = "ca.crt is not the certificate of a CA";
    return [undefined, [{ code: "ca-not-ca", message }]];
  }
  const problems = dateProblems(owner, now, "ca.crt");
  if (problems.length > 0) return [undefined, problems];
  const own = isOwn(owner);
  return [{ certificate: owner, pair: { cert: toPem(owner), key }, own }, []];
}

export function isOwn(authority: X509Certificate): boolean {
  return authority.subject.split("\n").includes(`O=${ORGANISATION}`);
}
