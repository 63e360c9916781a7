import { type IntOrPercent, parseIntOrPercent, scaledValue } from "./int-or-percent.ts";
import { type JsonObject, own, ownObject, ownString } from "./json.ts";
import { specOf } from "./object.ts";

const QUARTER: IntOrPercent = { value: 25, isPercent: true };

/** How a Deployment replaces its Pods. */
export interface RollingUpdate {
  readonly maxUnavailable: IntOrPercent;
  readonly maxSurge: IntOrPercent;
}

/** undefined for Recreate; 25 % of either is the default of the API. */
export function rollingUpdateOf(deployment: JsonObject): RollingUpdate | undefined {
  const strategy = ownObject(specOf(deployment), "strategy");
  if (ownString(strategy, "type") === "Recreate") return undefined;
  const written = ownObject(strategy, "rollingUpdate");
  return {
    maxUnavailable: parseIntOrPercent(own(written, "maxUnavailable")) ?? QUARTER,
    maxSurge: parseIntOrPercent(own(written, "maxSurge")) ?? QUARTER,
  };
}

/**
 * How many of `replicas` Pods an update may take down at once: the percentage of maxUnavailable
 * floors and that of maxSurge ceils; when both come to 0 one Pod may go, else nothing could move.
 * Source: ResolveFenceposts, pkg/controller/deployment/util.
 */
export function unavailableInUpdate(update: RollingUpdate, replicas: number): number {
  const surge = scaledValue(update.maxSurge, replicas, "up");
  const unavailable = scaledValue(update.maxUnavailable, replicas, "down");
  const least = surge === 0 && unavailable === 0 ? 1 : unavailable;
  return Math.min(least, replicas);
}
