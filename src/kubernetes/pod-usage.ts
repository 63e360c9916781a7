import { asObject, type JsonObject, ownArray, ownObject, ownString } from "./json.ts";
import type { GroupKind } from "./kinds.ts";
import { specOf } from "./object.ts";
import type { Quantity } from "./quantity.ts";
import { type ComputeResource, limitOf, parseResource } from "./resources.ts";

export const POD_METRICS: GroupKind = "PodMetrics.metrics.k8s.io";

/** What one container used by one reading. */
export function usageOf(
  metrics: JsonObject,
  container: string,
  resource: ComputeResource,
): Quantity | undefined {
  for (const entry of ownArray(metrics, "containers")) {
    const raw = asObject(entry);
    if (ownString(raw, "name") !== container) continue;
    const used = ownObject(raw, "usage")?.[resource];
    return used === undefined ? undefined : parseResource(used);
  }
  return undefined;
}

/** The limit that holds for a container of a Pod: its own, else that of the whole Pod. */
export function limitInPod(
  pod: JsonObject,
  container: string,
  resource: ComputeResource,
): Quantity | undefined {
  const spec = specOf(pod);
  for (const key of ["containers", "initContainers"]) {
    for (const entry of ownArray(spec, key)) {
      const raw = asObject(entry);
      if (ownString(raw, "name") === container)
        return limitOf(raw, resource) ?? limitOf(spec, resource);
    }
  }
  return undefined;
}

/** Names of the containers that a reading tells of. */
export function measuredContainers(metrics: JsonObject): string[] {
  return ownArray(metrics, "containers").flatMap(
    (entry) => ownString(asObject(entry), "name") ?? [],
  );
}

/** Tenths of a percent are told apart; undefined where there is no limit to be near to. */
export function percentOf(used: Quantity, limit: Quantity): number | undefined {
  return limit.nano > 0n ? Number((used.nano * 1000n) / limit.nano) / 10 : undefined;
}
