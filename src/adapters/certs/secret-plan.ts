import { type Authority, examine, isLeafDue } from "./certificate-set.ts";
import type { PairExpectation } from "./pair.ts";
import { isRenewalDue } from "./renewal.ts";
import type { ManagedSet, SecretState } from "./secret-state.ts";
import {
  createAll,
  dropOldAuthorities,
  type Examined,
  type Filled,
  publishAuthority,
  putBack,
  replaceLeaf,
  restoreLeaf,
  type SecretWrite,
} from "./secret-write.ts";

/** Everything besides the Secret that a decision depends on. Times in milliseconds. */
export interface PlanContext extends PairExpectation {
  /** How long a new CA is published before leaves come from it. */
  readonly overlapMs: number;
  /** How long an old CA is published after leaves come from the new one. */
  readonly dropMs: number;
  /** Since when callers are told to trust a CA (PEM); undefined while some are not. */
  readonly trustedSince: (ca: string) => number | undefined;
  /** CAs of this program that callers are told to trust, PEM. */
  readonly published: () => string;
  /** How long before the end of a leaf another one has to be there, come what may. */
  readonly lastCallMs: number;
}

export type SecretAction =
  /** The Secret is as it should be. */
  | { readonly kind: "serve" }
  /** Nothing this program may do about it. */
  | { readonly kind: "wait"; readonly reason: string }
  | SecretWrite;

/**
 * The next step of every replica; the same for all that see the same Secret and time.
 * @param memory what is in service here
 */
export function planSecret(
  state: SecretState,
  memory: ManagedSet | undefined,
  context: PlanContext,
): SecretAction {
  if (state.kind === "absent") {
    return { kind: "wait", reason: "it does not exist: create it empty, as the manifests do" };
  }
  if (state.kind === "foreign") return { kind: "wait", reason: `left alone: ${state.reason}` };
  const good = memory === undefined ? undefined : fitForService(memory, context);
  if (state.kind === "empty") return planEmpty(state, good, context);
  if (good !== undefined && state.managed.generation < good.managed.generation) {
    // Nothing that was rotated away comes back, be it from a backup.
    return putBack(state, good, context);
  }
  return state.kind === "valid" ? maintain(state, context) : repair(state, good, context);
}

/** `managed` with its examination if its pair may be served now. */
export function fitForService(
  managed: ManagedSet,
  expected: PairExpectation,
): Examined | undefined {
  const examination = examine(managed.set, expected);
  return examination.leafProblems.length === 0 ? { managed, examination } : undefined;
}

/** An emptied Secret is how an operator asks for a new CA. */
function planEmpty(
  state: Extract<SecretState, { kind: "empty" }>,
  good: Examined | undefined,
  context: PlanContext,
): SecretAction {
  const generation = Math.max(good?.managed.generation ?? 0, state.generation) + 1;
  return good === undefined
    ? createAll(state.resourceVersion, generation, context)
    : publishAuthority(state.resourceVersion, good, generation, context.now);
}

function repair(
  state: Extract<SecretState, { kind: "corrupt" }>,
  good: Examined | undefined,
  context: PlanContext,
): SecretAction {
  const { examination, managed, resourceVersion } = state;
  const { authority } = examination;
  if (authority !== undefined) {
    const isKnown =
      managed.pendingSince === undefined || isOverlapPast(managed, authority, context);
    const write = replaceLeaf(state, authority, context, "leaf repaired");
    if (isKnown) return write;
    // Callers may not trust the newest CA yet: better a leaf that they do trust.
    return good === undefined ? { ...write, isAlone: true } : restoreLeaf(state, good);
  }
  const generation = Math.max(good?.managed.generation ?? 0, managed.generation) + 1;
  const servable = examination.leafProblems.length === 0 ? state : undefined;
  const from = good ?? servable;
  return from === undefined
    ? createAll(resourceVersion, generation, context)
    : publishAuthority(resourceVersion, from, generation, context.now);
}

function maintain(
  state: Extract<SecretState, { kind: "valid" }>,
  context: PlanContext,
): SecretAction {
  const { examination, managed, resourceVersion } = state;
  const { authority } = examination;
  const { now } = context;
  if (authority === undefined) return { kind: "serve" };
  if (isPending(state)) return move(state, authority, context);
  const due = isLeafDue(examination, authority, now);
  if (isRenewalDue(authority.certificate, now)) {
    return publishAuthority(resourceVersion, state, managed.generation + 1, now);
  }
  if (due) return replaceLeaf(state, authority, context, "leaf renewed");
  const { dropAfter } = managed;
  const drop = dropAfter !== undefined && now >= dropAfter && examination.authorities.length > 1;
  return drop ? dropOldAuthorities(state, authority) : { kind: "serve" };
}

/** The leaf has another CA than the one that signs now. */
function isPending({ examination: { authority, issuer } }: Examined): boolean {
  return authority !== undefined && issuer !== authority.certificate;
}

/** Goes over to the new CA once callers know it; before the old leaf ends in any case. */
function move(state: Filled, authority: Authority, context: PlanContext): SecretAction {
  const { leaf } = state.examination;
  const why = "leaf moved to the new CA";
  // Callers that do not know the new CA are lost then either way, the others are not.
  if (leaf !== undefined && leaf.validToDate.getTime() - context.now <= context.lastCallMs) {
    return replaceLeaf(state, authority, context, why);
  }
  if (!isOverlapPast(state.managed, authority, context)) return { kind: "serve" };
  return { ...replaceLeaf(state, authority, context, why), onceTrusted: authority.pair.cert };
}

/** Nobody acknowledges a CA, so time is bought: the lookahead is months, the overlap minutes. */
function isOverlapPast(
  { pendingSince }: ManagedSet,
  { certificate, pair }: Authority,
  { now, overlapMs, trustedSince }: PlanContext,
): boolean {
  const published = pendingSince ?? certificate.validFromDate.getTime();
  const trusted = trustedSince(pair.cert);
  return trusted !== undefined && now - Math.max(published, trusted) >= overlapMs;
}
