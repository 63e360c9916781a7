import type { JsonObject } from "../kubernetes/json.ts";

/** What Pods used (PodMetrics of metrics.k8s.io), read again and again by whoever stays long enough. */
export interface UsageHistory {
  /** How many readings there are, each newer than the one before. */
  readonly readings: number;
  /** PodMetrics of one Pod, oldest first; fewer than `readings` for a younger Pod. */
  of(namespace: string, pod: string): readonly JsonObject[];
}
