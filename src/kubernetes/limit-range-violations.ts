import type { LimitRange, LimitRangeDefault, LimitRangeItem } from "./limit-range.ts";
import {
  orderViolation,
  podLimitViolation,
  podRequestViolation,
  rivalsViolation,
  type Violation,
} from "./limit-range-blame.ts";
import { breachOf } from "./limit-range-constraints.ts";
import { type AdmittedContainer, type AdmittedPod, injectedKey } from "./limit-ranger.ts";
import type { AdmittedResources } from "./pod-level.ts";
import type { Container } from "./workload.ts";

/** At most one violation per container and resource, and one per resource of the whole Pod. */
export function violationsOf(pod: AdmittedPod, ranges: readonly LimitRange[]): Violation[] {
  const violations: Violation[] = [];
  const unsure = new Set<string>();
  for (const admitted of pod.containers) {
    for (const resource of resourcesIn(admitted, ranges, "Container")) {
      const found = containerViolation(admitted, resource, pod, ranges);
      if (found?.kind === "rivals") unsure.add(resource);
      if (found !== undefined) violations.push(found);
    }
  }
  for (const resource of resourcesIn(pod.total, ranges, "Pod")) {
    if (unsure.has(resource)) continue;
    const found =
      podRequestViolation(pod, resource) ??
      constraintViolation(pod.total, { container: undefined, resource }, ranges);
    if (found !== undefined) violations.push(found);
  }
  return violations;
}

/** Resources that a value or a constraint is about. */
function resourcesIn(
  amounts: AdmittedResources,
  ranges: readonly LimitRange[],
  type: LimitRangeItem["type"],
): Set<string> {
  const resources = new Set([...amounts.limits.keys(), ...amounts.requests.keys()]);
  for (const { items } of ranges) {
    for (const item of items) {
      if (item.type !== type) continue;
      for (const list of [item.min, item.max, item.maxRatio]) {
        for (const resource of list.keys()) resources.add(resource);
      }
    }
  }
  return resources;
}

function containerViolation(
  admitted: AdmittedContainer,
  resource: string,
  pod: AdmittedPod,
  ranges: readonly LimitRange[],
): Violation | undefined {
  return (
    rivalsViolation(admitted, resource) ??
    orderViolation(admitted, resource) ??
    constraintViolation(admitted, { container: admitted.container, resource }, ranges) ??
    podLimitViolation(admitted, resource, pod)
  );
}

/** A breach of a LimitRange by a container, or by the Pod as a whole. */
function constraintViolation(
  amounts: AdmittedResources & { readonly injected?: ReadonlyMap<string, LimitRangeDefault> },
  about: { readonly container: Container | undefined; readonly resource: string },
  ranges: readonly LimitRange[],
): Violation | undefined {
  const type = about.container === undefined ? "Pod" : "Container";
  const pair = {
    request: amounts.requests.get(about.resource),
    limit: amounts.limits.get(about.resource),
  };
  for (const { name, items } of ranges) {
    for (const item of items) {
      if (item.type !== type) continue;
      const breach = breachOf(item, about.resource, pair);
      if (breach === undefined) continue;
      const isDefault = amounts.injected?.has(injectedKey(breach.list, about.resource)) === true;
      return { ...about, ...breach, limitRange: name, absent: breach.absent || isDefault };
    }
  }
  return undefined;
}
