import type { SecretSnapshot } from "../../usecases/ports/secret-store.ts";
import { type CertificateSet, type Examination, examine, isEmptySet } from "./certificate-set.ts";
import type { PairExpectation } from "./pair.ts";

const PREFIX = "policy.keymate.io/";

/** Annotations of the Secret; the first may also be a label. */
export const MANAGED_BY = `${PREFIX}managed-by`;
export const FORMAT = `${PREFIX}certs-format`;
export const GENERATION = `${PREFIX}ca-generation`;
export const LEAF_GENERATION = `${PREFIX}leaf-ca-generation`;
export const PENDING_SINCE = `${PREFIX}ca-pending-since`;
export const DROP_AFTER = `${PREFIX}ca-drop-after`;

export const MANAGER = "keymate-guard";
const FORMAT_VERSION = 1;

/** What the Secret says when it is ours. Times in milliseconds since the epoch. */
export interface ManagedSet {
  readonly set: CertificateSet;
  /** Counts up with every new CA. */
  readonly generation: number;
  /** Generation of the CA that signed the leaf. */
  readonly leafGeneration: number;
  /** Since when the newest CA is published while the leaf still has another one. */
  readonly pendingSince: number | undefined;
  /** When the older CAs may go. */
  readonly dropAfter: number | undefined;
}

export type SecretState =
  | { readonly kind: "absent" }
  /** Data that this program did not write: never overwritten. */
  | { readonly kind: "foreign"; readonly reason: string }
  | { readonly kind: "empty"; readonly resourceVersion: string; readonly generation: number }
  /** Ours and unfit for service, for renewal or for both. */
  | ({ readonly kind: "corrupt"; readonly reason: string } & Contents)
  | ({ readonly kind: "valid" } & Contents);

interface Contents {
  readonly resourceVersion: string;
  readonly managed: ManagedSet;
  readonly examination: Examination;
}

export function classify(
  snapshot: SecretSnapshot | undefined,
  expected: PairExpectation,
): SecretState {
  if (snapshot === undefined) return { kind: "absent" };
  const { annotations, data, labels, resourceVersion } = snapshot;
  const set = setOf(data);
  const marked = annotations[MANAGED_BY] === MANAGER || labels[MANAGED_BY] === MANAGER;
  const hasData = Object.values(data).some((value) => value !== "");
  if (!marked && hasData) {
    return { kind: "foreign", reason: `it holds data without the annotation ${MANAGED_BY}` };
  }
  if (count(annotations[FORMAT]) > FORMAT_VERSION) {
    return { kind: "foreign", reason: "a newer version of keymate-guard wrote it" };
  }
  const generation = count(annotations[GENERATION]);
  if (isEmptySet(set)) return { kind: "empty", resourceVersion, generation };
  const managed = {
    set,
    generation,
    leafGeneration: count(annotations[LEAF_GENERATION]),
    pendingSince: time(annotations[PENDING_SINCE]),
    dropAfter: time(annotations[DROP_AFTER]),
  };
  const examination = examine(set, expected);
  const problems = [...examination.authorityProblems, ...examination.leafProblems];
  const contents = { resourceVersion, managed, examination };
  if (problems.length === 0) return { kind: "valid", ...contents };
  const reason = problems.map((problem) => problem.message).join("; ");
  return { kind: "corrupt", reason, ...contents };
}

/** Annotations that say what `managed` says; an empty one stands for nothing. */
export function annotationsOf(managed: ManagedSet): Readonly<Record<string, string>> {
  return {
    [MANAGED_BY]: MANAGER,
    [FORMAT]: String(FORMAT_VERSION),
    [GENERATION]: String(managed.generation),
    [LEAF_GENERATION]: String(managed.leafGeneration),
    [PENDING_SINCE]: timeText(managed.pendingSince),
    [DROP_AFTER]: timeText(managed.dropAfter),
  };
}

function setOf(data: Readonly<Record<string, string>>): CertificateSet {
  return {
    "ca.crt": data["ca.crt"] ?? "",
    "ca.key": data["ca.key"] ?? "",
    "tls.crt": data["tls.crt"] ?? "",
    "tls.key": data["tls.key"] ?? "",
  };
}

function count(text: string | undefined): number {
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : 0;
}

function time(text: string | undefined): number | undefined {
  const at = text === undefined ? Number.NaN : Date.parse(text);
  return Number.isNaN(at) ? undefined : at;
}

function timeText(at: number | undefined): string {
  return at === undefined ? "" : new Date(at).toISOString();
}
