import { backupRestore } from "./backups.ts";
import type { LineSpec } from "./line-spec.ts";
import { alertsFire, monitoringFlows } from "./monitoring.ts";
import { networkPolicies } from "./network.ts";
import { criticalReplicas, requestsLimits, statefulBudgets } from "./workloads.ts";

/** In the order of the guide's validation scenario. */
export const LINES: readonly LineSpec[] = [
  criticalReplicas,
  statefulBudgets,
  requestsLimits,
  monitoringFlows,
  alertsFire,
  backupRestore,
  networkPolicies,
];
