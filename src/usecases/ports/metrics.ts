import type { Decision } from "../../engine/decision.ts";
import type { Mode } from "../../engine/modes.ts";
import type { AdmissionPath, AdmissionRequest } from "./admission.ts";

export type Door = "admission" | "audit" | "check";

/** What the guard counts. Implementations keep labels bounded: never a name, a namespace or a user. */
export interface Metrics {
  /** One answered review: its outcome, its findings, its faults and the seconds it took. */
  admission(
    path: AdmissionPath,
    request: AdmissionRequest,
    decision: Decision,
    seconds: number,
  ): void;
  finding(rule: string, mode: Mode, door: Door): void;
  /** A fault of the guard itself; `where` is a constant of the code. */
  internalError(where: string): void;
  /** An HTTP request that never became a review, by the status it was answered with. */
  refused(status: number): void;
}

/** The Prometheus text page. */
export interface MetricsPage {
  readonly contentType: string;
  text(): Promise<string>;
}
