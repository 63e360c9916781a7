import type { X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import { domainToASCII } from "node:url";
import type { KeyPair } from "./authority.ts";
import type { CertificateSet } from "./certificate-set.ts";
import { toBundle } from "./pem.ts";

/** What a self-managed source makes. */
export interface IssueOptions {
  /** First part of the CA's common name; its generation follows. */
  readonly commonName: string;
  /** DNS names and IP addresses that callers dial, the most telling one first. */
  readonly names: readonly string[];
  readonly leafLifeMs: number;
  readonly caLifeMs: number;
}

/** A new CA. The encoder is loaded only now: most starts find a certificate and issue nothing. */
export async function newAuthority(
  options: IssueOptions,
  generation: number,
  now: number,
): Promise<KeyPair> {
  const { createAuthority } = await import("./authority.ts");
  const { commonName, caLifeMs: lifeMs } = options;
  return createAuthority({ commonName, generation, now, lifeMs });
}

/** A leaf for all names of `options`. */
export async function newLeaf(ca: KeyPair, options: IssueOptions, now: number): Promise<KeyPair> {
  const hosts = splitHosts(options.names);
  const { issueLeaf } = await import("./authority.ts");
  return issueLeaf(ca, { ...hosts, now, lifeMs: options.leafLifeMs });
}

/** What `issueSet` makes. */
export type IssuePlan =
  /** A leaf from the CA that is there, for the names of the options and these. */
  | {
      readonly kind: "issue-leaf";
      readonly authority: KeyPair;
      readonly moreNames: readonly string[];
    }
  /** A CA and its leaf, trusted by nobody yet, beside those that are (PEM). */
  | { readonly kind: "create"; readonly generation: number; readonly published?: string }
  /**
   * A CA that only becomes known for now: the leaf stays with a CA that callers trust already,
   * as it is or (`renewWith`) renewed once more.
   */
  | {
      readonly kind: "rotate";
      readonly generation: number;
      readonly trusted: readonly X509Certificate[];
      readonly renewWith: KeyPair | undefined;
    };

/** The set that follows `set` by `plan`. */
export async function issueSet(
  set: CertificateSet,
  plan: IssuePlan,
  options: IssueOptions,
  now: number,
): Promise<CertificateSet> {
  if (plan.kind === "issue-leaf") {
    const names = [...options.names, ...plan.moreNames];
    return withLeaf(set, await newLeaf(plan.authority, { ...options, names }, now));
  }
  const ca = await newAuthority(options, plan.generation, now);
  if (plan.kind === "create") {
    const leaf = await newLeaf(ca, options, now);
    return withLeaf({ ...set, "ca.crt": ca.cert + (plan.published ?? ""), "ca.key": ca.key }, leaf);
  }
  const next = { ...set, "ca.crt": ca.cert + toBundle(plan.trusted), "ca.key": ca.key };
  if (plan.renewWith === undefined) return next;
  return withLeaf(next, await newLeaf(plan.renewWith, options, now));
}

function withLeaf(set: CertificateSet, leaf: KeyPair): CertificateSet {
  return { ...set, "tls.crt": leaf.cert, "tls.key": leaf.key };
}

/** @throws TypeError naming the entry that is neither a DNS name nor an address. */
export function splitHosts(hosts: readonly string[]): {
  readonly names: readonly string[];
  readonly ips: readonly string[];
} {
  const ips = hosts.filter((host) => isIP(host) !== 0);
  const names = hosts.filter((host) => isIP(host) === 0).map(asciiName);
  return { names: [...new Set(names)], ips: [...new Set(ips)] };
}

function asciiName(name: string): string {
  // It would read "a/b" as the start of a URL and answer "a".
  const ascii = /[/?#@\\]/.test(name) ? "" : domainToASCII(name);
  if (!/^(?:\*\.)?[a-z0-9_-]+(?:\.[a-z0-9_-]+)*$/.test(ascii)) {
    throw new TypeError(`${JSON.stringify(name)} is neither a DNS name nor an IP address`);
  }
  return ascii;
}
