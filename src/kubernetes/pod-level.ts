import { maxQuantity, type Quantity } from "./quantity.ts";

/** Resources as they stand after the API and LimitRanger filled in what was absent. */
export interface AdmittedResources {
  readonly requests: ReadonlyMap<string, Quantity>;
  readonly limits: ReadonlyMap<string, Quantity>;
}

/** The only resources of pod level that LimitRanger takes for the Pod as a whole. */
const POD_LEVEL = ["cpu", "memory"] as const;

/**
 * What 1.37 fills in at pod level once anything is written there (DefaultPodLevelResources):
 * requests are what the containers ask for, else the pod limit; a limit is what all containers
 * are limited to, at least the request. Earlier versions leave the limit out; the more lenient
 * answer is taken, since a guard must not refuse what the cluster may accept.
 */
export function podLevelDefaults(
  written: AdmittedResources,
  sums: AdmittedResources,
  containers: readonly AdmittedResources[],
): AdmittedResources {
  if (written.limits.size === 0 && written.requests.size === 0) return written;
  const requests = new Map(written.requests);
  const limits = new Map(written.limits);
  for (const resource of POD_LEVEL) {
    const request = requests.get(resource) ?? sums.requests.get(resource) ?? limits.get(resource);
    if (request === undefined) continue;
    requests.set(resource, request);
    const limit = sums.limits.get(resource);
    if (limits.has(resource) || limit === undefined) continue;
    if (containers.every((one) => one.limits.has(resource))) {
      limits.set(resource, maxQuantity(request, limit));
    }
  }
  return { requests, limits };
}

/** What LimitRanges of type Pod look at: the sums, unless pod level says otherwise. */
export function overridden(
  sums: ReadonlyMap<string, Quantity>,
  podLevel: ReadonlyMap<string, Quantity>,
): ReadonlyMap<string, Quantity> {
  const result = new Map(sums);
  for (const resource of POD_LEVEL) {
    const value = podLevel.get(resource);
    if (value !== undefined) result.set(resource, value);
  }
  return result;
}
