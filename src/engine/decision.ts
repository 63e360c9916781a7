import type { Mode } from "./modes.ts";
import type { PatchOperation } from "./patch-operation.ts";

/** The first that holds, in this order. */
export type Outcome = "error" | "denied" | "patched" | "warned" | "allowed";

/** What the API server is told about one request, before it is put on the wire. */
export interface Decision {
  readonly allowed: boolean;
  readonly outcome: Outcome;
  /** Set when denied: a summary line, then one line per finding. */
  readonly message?: string;
  readonly warnings: readonly string[];
  readonly annotations: Readonly<Record<string, string>>;
  /** Only from the mutating endpoint, never empty. */
  readonly patch?: readonly PatchOperation[];
  /** Rule ids and modes of what was found, for metrics and the log line. Never values. */
  readonly findings: readonly { readonly rule: string; readonly mode: Mode }[];
  /** Faults of the guard itself met on the way, for the metric: `rule`, `deadline`, `patch`, `evaluate`. */
  readonly faults: readonly string[];
}
