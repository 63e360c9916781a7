import type { PracticeStatus } from "./report.ts";

/** One line of the guide's validation scenario. Only the audit fills it. */
export interface ReadinessLine {
  /** Stable: `critical-replicas`. */
  readonly id: string;
  /** In the guide's words. */
  readonly title: string;
  readonly status: PracticeStatus;
  /** Ids of the rules it rests on. */
  readonly rules: readonly string[];
  /** `PodDisruptionBudget platform-data/db-primary`, `newest backup …, 5 h old`. */
  readonly evidence: readonly string[];
  /** Reasons: which permission or kind is missing. */
  readonly notVerified?: readonly string[];
}
