import type { JsonObject } from "./json.ts";
import {
  type LimitRange,
  type LimitRangeDefault,
  limitRangeDefault,
  readAmounts,
} from "./limit-range.ts";
import { type AdmittedResources, overridden, podLevelDefaults } from "./pod-level.ts";
import type { Quantity } from "./quantity.ts";
import { podTotal, type ResourceListName, resourceList, type Share } from "./resources.ts";
import type { Container } from "./workload.ts";

/** What a Pod runs, before admission. */
export interface PodResources {
  readonly containers: readonly Container[];
  /** The PodSpec, for pod-level resources; undefined where there are none. */
  readonly podSpec: JsonObject | undefined;
}

export interface AdmittedContainer extends AdmittedResources {
  readonly container: Container;
  /** Defaults that LimitRanges put in, by `<list>/<resource>`. */
  readonly injected: ReadonlyMap<string, LimitRangeDefault>;
}

export interface AdmittedPod {
  readonly containers: readonly AdmittedContainer[];
  readonly podLevel: AdmittedResources;
  /** Sums over the containers alone. */
  readonly sums: AdmittedResources;
  /** The sums, overridden by pod level: what LimitRanges of type Pod look at. */
  readonly total: AdmittedResources;
}

const LISTS: readonly ResourceListName[] = ["limits", "requests"];

export function injectedKey(list: ResourceListName, resource: string): string {
  return `${list}/${resource}`;
}

/**
 * Plays what happens to every Pod of a template: the API copies limits to absent requests, then
 * LimitRanger fills in absent keys, init containers and pod-level resources or not. Source:
 * SetDefaults_Pod, plugin/pkg/admission/limitranger. undefined when a value is no quantity: the API
 * refuses such a Pod before anything is filled in.
 */
export function admitPod(
  pod: PodResources,
  ranges: readonly LimitRange[],
): AdmittedPod | undefined {
  if (
    !hasOnlyQuantities(pod.podSpec) ||
    !pod.containers.every(({ raw }) => hasOnlyQuantities(raw))
  ) {
    return undefined;
  }
  const containers = pod.containers.map((container) => admitContainer(container, ranges));
  const written = {
    requests: readAmounts(resourceList(pod.podSpec, "requests")),
    limits: readAmounts(resourceList(pod.podSpec, "limits")),
  };
  const sums = {
    requests: totals(containers, "requests"),
    limits: totals(containers, "limits"),
  };
  const podLevel = podLevelDefaults(written, sums, containers);
  return {
    containers,
    podLevel,
    sums,
    total: {
      requests: overridden(sums.requests, podLevel.requests),
      limits: overridden(sums.limits, podLevel.limits),
    },
  };
}

function hasOnlyQuantities(holder: JsonObject | undefined): boolean {
  return LISTS.every((name) => {
    const list = resourceList(holder, name);
    return list === undefined || readAmounts(list).size === Object.keys(list).length;
  });
}

function admitContainer(container: Container, ranges: readonly LimitRange[]): AdmittedContainer {
  const limits = readAmounts(resourceList(container.raw, "limits"));
  const requests = readAmounts(resourceList(container.raw, "requests"));
  for (const [key, value] of limits) if (!requests.has(key)) requests.set(key, value);
  const injected = new Map<string, LimitRangeDefault>();
  for (const list of LISTS) {
    const amounts = list === "limits" ? limits : requests;
    for (const resource of defaultedResources(ranges, list)) {
      if (amounts.has(resource)) continue;
      const found = limitRangeDefault(ranges, list, resource);
      if (found === undefined) continue;
      injected.set(injectedKey(list, resource), found);
      amounts.set(resource, found.value);
    }
  }
  return { container, requests, limits, injected };
}

function defaultedResources(ranges: readonly LimitRange[], list: ResourceListName): Set<string> {
  const resources = new Set<string>();
  for (const { items } of ranges) {
    for (const { defaults } of items) for (const key of defaults[list].keys()) resources.add(key);
  }
  return resources;
}

function totals(
  containers: readonly AdmittedContainer[],
  list: ResourceListName,
): Map<string, Quantity> {
  const sums = new Map<string, Quantity>();
  for (const amounts of containers) {
    for (const resource of amounts[list].keys()) {
      if (sums.has(resource)) continue;
      const sum = podTotal(containers.map((one) => shareOf(one, list, resource)));
      if (sum !== undefined) sums.set(resource, sum);
    }
  }
  return sums;
}

function shareOf(admitted: AdmittedContainer, list: ResourceListName, resource: string): Share {
  return { role: admitted.container.role, amount: admitted[list].get(resource) };
}
