import type { Policy } from "../../engine/policy.ts";
import type { JsonObject } from "../../kubernetes/json.ts";
import type { GroupKind } from "../../kubernetes/kinds.ts";
import type { AuditView } from "../audit-view.ts";

/** A namespace of the platform, as far as the audit looks at it. */
export interface Place {
  readonly namespace: string;
  readonly layer: string;
  /** Undefined where only the policy names it. */
  readonly object: JsonObject | undefined;
}

/** What evidence is gathered from. */
export interface Site {
  readonly policy: Policy;
  readonly cluster: AuditView;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Namespaces that have a layer, sorted. */
  readonly places: readonly Place[];
  /** Others have a layer too, but nobody asked for them. */
  readonly isPartial: boolean;
}

/** Something that the line rests on and that nobody could show. */
export interface Unknown {
  readonly text: string;
  /** The rule that decides about it; once it speaks in audits, its findings say it better. */
  readonly rule?: string;
}

export interface Gathered {
  readonly evidence: readonly string[];
  readonly unknown: readonly Unknown[];
  /** Whether the platform has anything that the line is about. */
  readonly applies: boolean;
}

/** A line of the validation scenario: data, and how its evidence is found. */
export interface LineSpec {
  readonly id: string;
  readonly title: string;
  readonly rules: readonly string[];
  /** Of each group one kind at least has to exist, or nothing can be told. */
  readonly oneOf: readonly (readonly GroupKind[])[];
  /** What the evidence is also read from, where it can be. */
  readonly alsoReads?: readonly GroupKind[];
  gather(site: Site): Gathered;
}
