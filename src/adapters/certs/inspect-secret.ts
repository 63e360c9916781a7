import type { SecretSnapshot } from "../../usecases/ports/secret-store.ts";
import { describeSet, type SetDescription } from "./inspect.ts";
import type { PairExpectation } from "./pair.ts";
import { readCertificates } from "./pem.ts";
import { classify } from "./secret-state.ts";

/** One webhook entry and what it tells callers to trust. */
export interface EntryTrust {
  readonly name: string;
  /** PEM; "" when blank. */
  readonly caBundle: string;
}

export interface SecretDescription {
  /** `absent`, `empty`, `foreign`, `corrupt` or `valid`. */
  readonly state: string;
  /** What a guard makes of it, as a clause; undefined when it is fit for service. */
  readonly reason: string | undefined;
  readonly generation: number | undefined;
  /** What is published beside the CA of the leaf, as a clause. */
  readonly rotation: string | undefined;
  /** Names of the entries that do not contain the CA of the leaf; undefined where unknown. */
  readonly distrusting: readonly string[] | undefined;
  readonly set: SetDescription | undefined;
}

/** What the certificate Secret holds, never a key. */
export function describeSecret(
  snapshot: SecretSnapshot | undefined,
  entries: readonly EntryTrust[] | undefined,
  expected: PairExpectation,
): SecretDescription {
  const state = classify(snapshot, expected);
  const { kind } = state;
  const nothing = { generation: undefined, rotation: undefined, distrusting: undefined };
  if (kind === "absent" || kind === "foreign" || kind === "empty") {
    const reason = kind === "foreign" ? state.reason : undefined;
    return { state: kind, reason, ...nothing, set: undefined };
  }
  const { managed, examination } = state;
  const { issuer } = examination;
  return {
    state: kind,
    reason: kind === "corrupt" ? state.reason : undefined,
    generation: managed.generation,
    rotation: rotationOf(managed.pendingSince, managed.dropAfter),
    distrusting:
      issuer === undefined
        ? undefined
        : entries?.filter(({ caBundle }) => !holds(caBundle, issuer.fingerprint256)).map(nameOf),
    set: describeSet(managed.set, expected),
  };
}

function nameOf({ name }: EntryTrust): string {
  return name;
}

function holds(bundle: string, fingerprint: string): boolean {
  return (readCertificates(bundle) ?? []).some((ca) => ca.fingerprint256 === fingerprint);
}

function rotationOf(pendingSince: number | undefined, dropAfter: number | undefined) {
  if (pendingSince !== undefined) {
    return `the newest CA is published since ${iso(pendingSince)}, the leaf has not moved to it yet`;
  }
  return dropAfter === undefined ? undefined : `older CAs stay published until ${iso(dropAfter)}`;
}

function iso(at: number): string {
  return new Date(at).toISOString().replace(/\.\d+Z$/, "Z");
}
