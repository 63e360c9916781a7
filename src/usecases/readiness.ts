import type { PracticeStatus } from "./report.ts";

/** One line of the guide's validation scenario. Only the audit fills it. */
export interface ReadinessLine {
  readonly id: string;
  /** In the guide's words. */
  readonly title: string;
  readonly status: PracticeStatus;
  /** The rules that it rests on. */
  readonly rules: readonly string[];
  /** `PodDisruptionBudget platform-data/db-primary`, `newest backup platform-data/db-daily-3, 5 h old`. */
  readonly evidence: readonly string[];
  /** Which permission or kind is missing. */
  readonly notVerified?: readonly string[];
}
