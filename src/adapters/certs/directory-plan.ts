import type { X509Certificate } from "node:crypto";
import {
  type Authority,
  CERTIFICATE_FILES,
  type CertificateSet,
  type Examination,
  examine,
  isEmptySet,
  isLeafDue,
  isOwn,
  namesToKeep,
  trustedStill,
} from "./certificate-set.ts";
import type { IssuePlan } from "./issue.ts";
import type { PairExpectation, PairProblem } from "./pair.ts";
import { isRenewalDue } from "./renewal.ts";

/** What to do about the files of a certificate folder. */
export type DirectoryPlan =
  /** They are fine as they are. */
  | { readonly kind: "serve" }
  | IssuePlan
  /** Not made by us, or no longer understood: hands off, for the given reason. */
  | { readonly kind: "leave"; readonly reason: string };

export function planDirectory(set: CertificateSet, expected: PairExpectation): DirectoryPlan {
  if (isEmptySet(set)) return { kind: "create", generation: 1 };
  const state = examine(set, expected);
  if (state.authority !== undefined) {
    return planWithAuthority(set, state, state.authority, expected.now);
  }
  if (isAbandoned(set, state)) return { kind: "create", generation: nextGeneration(state) };
  return set["ca.key"] === "" ? planWithoutKey(set, expected) : leave(state.authorityProblems);
}

function planWithAuthority(
  set: CertificateSet,
  state: Examination,
  authority: Authority,
  now: number,
): DirectoryPlan {
  const { leafProblems } = state;
  if (!isReplaceable(set, state, authority)) {
    return leafProblems.length > 0 ? leave(leafProblems) : { kind: "serve" };
  }
  if (leafProblems.length > 0) return issueLeaf(state, authority);
  const due = isLeafDue(state, authority, now);
  if (authority.own && isRenewalDue(authority.certificate, now)) {
    const generation = nextGeneration(state);
    const renewWith = due ? authority.pair : undefined;
    return { kind: "rotate", generation, trusted: trustedStill(state), renewWith };
  }
  return due ? issueLeaf(state, authority) : { kind: "serve" };
}

function issueLeaf(state: Examination, { pair }: Authority): IssuePlan {
  return { kind: "issue-leaf", authority: pair, moreNames: namesToKeep(state) };
}

/** A leaf that our CA, this one or an earlier one, signed; or none at all. */
function isReplaceable(set: CertificateSet, state: Examination, authority: Authority): boolean {
  if (set["tls.crt"] === "") return set["tls.key"] === "";
  return isLeafOf(state, authority.certificate) || isOwnLeaf(state);
}

/** A pair that somebody put there without the key of its CA. */
function planWithoutKey(set: CertificateSet, expected: PairExpectation): DirectoryPlan {
  const missing = CERTIFICATE_FILES.filter((file) => file.startsWith("tls.") && set[file] === "");
  if (missing.length > 0) {
    return { kind: "leave", reason: `incomplete: there is no ca.key and no ${missing.join(", ")}` };
  }
  const { leafProblems } = examine(set, expected);
  // Without ca.crt nobody claims a trust that could be checked.
  const problems =
    set["ca.crt"] === ""
      ? leafProblems.filter((problem) => problem.code !== "ca-unreadable")
      : leafProblems;
  return problems.length > 0 ? leave(problems) : { kind: "serve" };
}

/** Our own CA that can sign no more: past its dates, or its key was never written. */
function isAbandoned(set: CertificateSet, state: Examination): boolean {
  const newest = state.authorities[0];
  if (newest === undefined || !isOwn(newest)) return false;
  if (set["ca.key"] === "") return set["tls.crt"] === "" && set["tls.key"] === "";
  const outOfDate = state.authorityProblems.every(
    ({ code }) => code === "expired" || code === "not-yet-valid",
  );
  const leafIsOurs = state.leaf === undefined ? set["tls.crt"] === "" : isOwnLeaf(state);
  return outOfDate && leafIsOurs;
}

function isOwnLeaf(state: Examination): boolean {
  return state.authorities.some((item) => isOwn(item) && isLeafOf(state, item));
}

/** Whatever the dates: a leaf that expired is still ours to replace. */
function isLeafOf({ leaf }: Examination, ca: X509Certificate): boolean {
  return leaf?.checkIssued(ca) === true && leaf.verify(ca.publicKey);
}

function nextGeneration({ authorities }: Examination): number {
  return Math.max(0, ...authorities.map(generationOf)) + 1;
}

function generationOf({ subject }: { readonly subject: string }): number {
  return Number(/^CN=.* generation (\d+)$/m.exec(subject)?.[1] ?? 0);
}

function leave(problems: readonly PairProblem[]): DirectoryPlan {
  return { kind: "leave", reason: problems.map((problem) => problem.message).join("; ") };
}
