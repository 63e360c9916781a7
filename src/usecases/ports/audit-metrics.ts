import type { Mode } from "../../engine/modes.ts";

/** Findings of one rule in one mode, counted over a whole pass. */
export interface AuditCount {
  readonly rule: string;
  readonly mode: Mode;
  readonly practice: string;
  readonly count: number;
}

/** A look at everything that came to its end. */
export interface AuditPass {
  /** Milliseconds since the epoch. */
  readonly endedAt: number;
  readonly seconds: number;
  readonly objects: number;
  readonly findings: Iterable<AuditCount>;
}

/** What an audit that goes on shows of itself. Labels are bounded: never a name or a namespace. */
export interface AuditMetrics {
  /** Takes the place of the pass before: what is not found any more has no series. */
  passed(pass: AuditPass): void;
  /** Whether this process is the one of the replicas that audits. */
  leading(isLeader: boolean): void;
}
