import type { X509Certificate } from "node:crypto";
import {
  CERTIFICATE_FILES,
  type CertificateFile,
  type CertificateSet,
  examine,
  isEmptySet,
} from "./certificate-set.ts";
import { readCertificateFiles } from "./directory-files.ts";
import { alternativeNames } from "./names.ts";
import { inspectPair, type PairExpectation } from "./pair.ts";
import { readCertificates } from "./pem.ts";
import { isRenewalDue, renewAt } from "./renewal.ts";

/** One certificate of a file; `ca.crt` may hold several. */
export interface CertificateDescription {
  readonly file: CertificateFile;
  /** One line, most general part first: `O=keymate-guard, CN=…`. */
  readonly subject: string;
  readonly issuer: string;
  readonly names: readonly string[];
  readonly isCa: boolean;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** Whole days; negative once it has expired. */
  readonly daysLeft: number;
  readonly renewAt: Date;
  readonly renewalDue: boolean;
  readonly serialNumber: string;
  /** SHA-256 in pairs of hexadecimal digits. */
  readonly fingerprint: string;
}

export interface SetDescription {
  readonly missing: readonly CertificateFile[];
  readonly certificates: readonly CertificateDescription[];
  /** tls.key belongs to tls.crt. */
  readonly pairOk: boolean;
  /** tls.crt is signed by a valid CA of ca.crt; undefined without ca.crt. */
  readonly chainOk: boolean | undefined;
  /** ca.key belongs to a valid CA of ca.crt, so that leaves can be renewed. */
  readonly canRenew: boolean;
  /**
   * Why a server must not serve this; empty when it may, and when there is nothing at all. Clauses
   * that start in lower case.
   */
  readonly problems: readonly string[];
}

const DAY_MS = 86_400_000;

/** @throws Error when a file is there but cannot be read */
export async function inspectDirectory(
  directory: string,
  expected: PairExpectation,
): Promise<SetDescription> {
  return describeSet(await readCertificateFiles(directory), expected);
}

export function describeSet(set: CertificateSet, expected: PairExpectation): SetDescription {
  const ca = set["ca.crt"] === "" ? undefined : set["ca.crt"];
  const pair = { cert: set["tls.crt"], key: set["tls.key"], ca };
  const problems = isEmptySet(set) ? [] : inspectPair(pair, expected);
  const codes = new Set(problems.map((problem) => problem.code));
  const unreadable = isEmptySet(set) || codes.has("cert-unreadable");
  const untrusted = (["ca-unreadable", "ca-not-ca", "not-trusted"] as const).some((code) =>
    codes.has(code),
  );
  return {
    missing: CERTIFICATE_FILES.filter((file) => set[file] === ""),
    certificates: (["ca.crt", "tls.crt"] as const).flatMap((file) =>
      (readCertificates(set[file]) ?? []).map((item) => describe(file, item, expected.now)),
    ),
    pairOk: !unreadable && !codes.has("key-unreadable") && !codes.has("key-mismatch"),
    chainOk: ca === undefined ? undefined : !unreadable && !untrusted,
    canRenew: examine(set, expected).authority !== undefined,
    problems: problems.map((problem) => problem.message),
  };
}

function describe(
  file: CertificateFile,
  certificate: X509Certificate,
  now: number,
): CertificateDescription {
  const { validFromDate: notBefore, validToDate: notAfter } = certificate;
  return {
    file,
    subject: oneLine(certificate.subject),
    issuer: oneLine(certificate.issuer),
    names: alternativeNames(certificate),
    isCa: certificate.ca,
    notBefore,
    notAfter,
    daysLeft: Math.floor((notAfter.getTime() - now) / DAY_MS),
    renewAt: new Date(renewAt(certificate)),
    renewalDue: isRenewalDue(certificate, now),
    serialNumber: certificate.serialNumber,
    fingerprint: certificate.fingerprint256,
  };
}

/** Node puts each part of a name on a line of its own, and undefined for an empty name. */
function oneLine(name: string | undefined): string {
  return (name ?? "").split("\n").join(", ");
}
