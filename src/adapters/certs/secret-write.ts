import {
  type Authority,
  type CertificateSet,
  EMPTY_SET,
  type Examination,
  isLeafDue,
  namesToKeep,
  trustedStill,
} from "./certificate-set.ts";
import type { IssuePlan } from "./issue.ts";
import { toBundle, toPem } from "./pem.ts";
import type { ManagedSet, SecretState } from "./secret-state.ts";

/** What is to be written: `base` changed by `issue`, if anything has to be issued, then `after`. */
export interface SecretWrite {
  readonly kind: "write";
  /** For the log. */
  readonly why: string;
  readonly resourceVersion: string;
  readonly base: CertificateSet;
  readonly issue: IssuePlan | undefined;
  /** A CA (PEM) that callers have to know, by a live look, right before the write. */
  readonly onceTrusted?: string;
  /** It takes the place of whatever others may still serve. */
  readonly isAlone?: true;
  readonly after: Omit<ManagedSet, "set">;
}

/** A set and what it is good for. */
export interface Examined {
  readonly managed: ManagedSet;
  readonly examination: Examination;
}

interface Times {
  readonly now: number;
  readonly dropMs: number;
}

export type Filled = Extract<SecretState, { kind: "corrupt" | "valid" }>;

/** Beside a new CA those that callers know stay for a while: others may serve and be unable to write. */
export function createAll(
  resourceVersion: string,
  generation: number,
  context: Times & { readonly published: () => string },
): SecretWrite {
  const { dropMs, now } = context;
  const published = context.published();
  return {
    kind: "write",
    why: "first CA and leaf",
    resourceVersion,
    base: EMPTY_SET,
    issue: { kind: "create", generation, published },
    isAlone: true,
    after: {
      generation,
      leafGeneration: generation,
      pendingSince: undefined,
      dropAfter: published === "" ? undefined : now + dropMs,
    },
  };
}

/** A new CA beside those of `from`, whose leaf stays in service until the overlap is past. */
export function publishAuthority(
  resourceVersion: string,
  from: Examined,
  generation: number,
  now: number,
): SecretWrite {
  const { examination, managed } = from;
  const { authority, issuer } = examination;
  // Only the CA that signed the leaf can sign another that callers trust today.
  const signer = authority?.certificate === issuer ? authority : undefined;
  const due = signer !== undefined && isLeafDue(examination, signer, now);
  const trusted = trustedStill(examination);
  const renewWith = due ? signer.pair : undefined;
  return {
    kind: "write",
    why: "new CA published",
    resourceVersion,
    base: managed.set,
    issue: { kind: "rotate", generation, trusted, renewWith },
    after: { ...managed, generation, pendingSince: now, dropAfter: undefined },
  };
}

/** A leaf from the newest CA; an older CA that signed the one before stays until `dropMs` later. */
export function replaceLeaf(
  state: Filled,
  authority: Authority,
  times: Times,
  why: string,
): SecretWrite {
  const { examination, managed, resourceVersion } = state;
  const { authorities, issuer, leaf } = examination;
  const { generation } = managed;
  const moved = issuer !== undefined && issuer !== authority.certificate;
  const { now, dropMs } = times;
  // A leaf that has expired needs its CA no longer; one that is not there may still be served.
  const end = Math.min(leaf?.validToDate.getTime() ?? Number.POSITIVE_INFINITY, now + dropMs);
  const dropAfter = moved ? end : (managed.dropAfter ?? end);
  return {
    kind: "write",
    why,
    resourceVersion,
    base: managed.set,
    issue: { kind: "issue-leaf", authority: authority.pair, moreNames: namesToKeep(examination) },
    after: {
      generation,
      leafGeneration: generation,
      pendingSince: undefined,
      dropAfter: authorities.length > 1 ? dropAfter : undefined,
    },
  };
}

export function dropOldAuthorities(state: Filled, authority: Authority): SecretWrite {
  const { managed, resourceVersion } = state;
  return {
    kind: "write",
    why: "old CA dropped",
    resourceVersion,
    base: { ...managed.set, "ca.crt": toPem(authority.certificate) },
    issue: undefined,
    after: { ...managed, dropAfter: undefined },
  };
}

/** The leaf in service beside a newer CA that goes on being pending. */
export function restoreLeaf(state: Filled, memory: Examined): SecretWrite {
  const { managed, examination, resourceVersion } = state;
  const { set, leafGeneration } = memory.managed;
  const authorities = [...examination.authorities, ...trustedStill(memory.examination)];
  return {
    kind: "write",
    why: "leaf put back",
    resourceVersion,
    base: { ...set, "ca.crt": toBundle(authorities), "ca.key": managed.set["ca.key"] },
    issue: undefined,
    after: { ...managed, leafGeneration, dropAfter: undefined },
  };
}

/** What is in service, and for a while the CA of the Secret's leaf: other replicas may serve it. */
export function putBack(state: Filled, memory: Examined, times: Times): SecretWrite {
  const { managed, examination } = memory;
  const { issuer } = state.examination;
  const authorities = [...examination.authorities, ...(issuer === undefined ? [] : [issuer])];
  // While a CA is pending the next leaf sets the date.
  const dropAfter = managed.pendingSince === undefined ? times.now + times.dropMs : undefined;
  return {
    kind: "write",
    why: "newer CA put back",
    resourceVersion: state.resourceVersion,
    base: { ...managed.set, "ca.crt": toBundle(authorities) },
    issue: undefined,
    after: { ...managed, dropAfter },
  };
}
