import {
  createAuthority,
  issueLeaf,
  type KeyPair,
} from "../../../../src/adapters/certs/authority.ts";
import type { CertificateSet } from "../../../../src/adapters/certs/certificate-set.ts";
import type { IssueOptions } from "../../../../src/adapters/certs/issue.ts";

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

export const NAMES = ["keymate-guard.keymate-guard.svc", "localhost", "127.0.0.1", "::1"];

export const ISSUE: IssueOptions = {
  commonName: "keymate-guard",
  names: NAMES,
  leafLifeMs: 90 * DAY,
  caLifeMs: 1825 * DAY,
};

export function makeAuthority(now: number, generation = 1, lifeMs = ISSUE.caLifeMs): KeyPair {
  return createAuthority({ commonName: "keymate-guard", generation, now, lifeMs });
}

export function makeLeaf(
  ca: KeyPair,
  now: number,
  hosts: readonly string[] = NAMES,
  lifeMs = ISSUE.leafLifeMs,
): KeyPair {
  const isAddress = (host: string): boolean => host.includes(":") || /^[\d.]+$/.test(host);
  return issueLeaf(ca, {
    names: hosts.filter((host) => !isAddress(host)),
    ips: hosts.filter(isAddress),
    now,
    lifeMs,
  });
}

export function makeSet(now: number, generation = 1): CertificateSet {
  const ca = makeAuthority(now, generation);
  return toSet(ca, makeLeaf(ca, now));
}

export function toSet(ca: KeyPair, leaf: KeyPair): CertificateSet {
  return { "ca.crt": ca.cert, "ca.key": ca.key, "tls.crt": leaf.cert, "tls.key": leaf.key };
}
