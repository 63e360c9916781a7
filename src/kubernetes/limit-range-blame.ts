import { type AdmittedContainer, type AdmittedPod, injectedKey } from "./limit-ranger.ts";
import { minQuantity, type Quantity } from "./quantity.ts";
import type { ResourceListName } from "./resources.ts";
import type { Container } from "./workload.ts";

/**
 * Why a Pod would be refused, or might be.
 * - `rivals`: LimitRanges default the key differently, nobody knows which one wins
 * - `order`: a default of a LimitRange makes the request exceed the limit
 * - `min`, `max`, `ratio`: a constraint of the LimitRange
 * - `pod-limit`, `pod-request`: a default of a LimitRange breaks the pod-level resources
 */
export type ViolationKind =
  | "rivals"
  | "order"
  | "min"
  | "max"
  | "ratio"
  | "pod-limit"
  | "pod-request";

export interface Violation {
  readonly kind: ViolationKind;
  /** undefined: the Pod as a whole. */
  readonly container: Container | undefined;
  readonly resource: string;
  /** Where the value is that has to change. */
  readonly list: ResourceListName;
  /** Name of the LimitRange; of several, joined by `, `. */
  readonly limitRange: string;
  /** The offending value, for `ratio` the ratio; undefined when a value is absent or 0. */
  readonly found: Quantity | undefined;
  /** What it was held against: the LimitRange's constraint or default, the pod budget. */
  readonly constraint: Quantity;
  /** What would be accepted. */
  readonly wanted: Quantity;
  /** The value to change is absent from the manifest. */
  readonly absent: boolean;
}

/** LimitRanges that disagree about a default that the container would get. */
export function rivalsViolation(
  { container, injected }: AdmittedContainer,
  resource: string,
): Violation | undefined {
  for (const list of ["limits", "requests"] as const) {
    const found = injected.get(injectedKey(list, resource));
    if (found?.rivals === undefined) continue;
    const { value, rivals } = found;
    return {
      kind: "rivals",
      container,
      resource,
      list,
      limitRange: rivals.join(", "),
      found: value,
      constraint: value,
      wanted: value,
      absent: true,
    };
  }
  return undefined;
}

/** Only where a default is to blame: a written request above a written limit is another rule's. */
export function orderViolation(
  admitted: AdmittedContainer,
  resource: string,
): Violation | undefined {
  const { container, injected } = admitted;
  const request = admitted.requests.get(resource);
  const limit = admitted.limits.get(resource);
  if (request === undefined || limit === undefined || request.nano <= limit.nano) return undefined;
  const limitDefault = injected.get(injectedKey("limits", resource));
  const blamed = limitDefault ?? injected.get(injectedKey("requests", resource));
  if (blamed === undefined) return undefined;
  const onLimit = blamed === limitDefault;
  return {
    kind: "order",
    container,
    resource,
    list: onLimit ? "limits" : "requests",
    limitRange: blamed.from,
    found: onLimit ? request : limit,
    constraint: blamed.value,
    wanted: onLimit ? request : limit,
    absent: true,
  };
}

/** The API compares container limits with the pod limit; only defaults are judged here. */
export function podLimitViolation(
  { container, limits, injected }: AdmittedContainer,
  resource: string,
  pod: AdmittedPod,
): Violation | undefined {
  const blamed = injected.get(injectedKey("limits", resource));
  const budget = pod.podLevel.limits.get(resource);
  const limit = limits.get(resource);
  if (blamed === undefined || budget === undefined || limit === undefined) return undefined;
  if (container.role !== "container" || limit.nano <= budget.nano) return undefined;
  return {
    kind: "pod-limit",
    container,
    resource,
    list: "limits",
    limitRange: blamed.from,
    found: limit,
    constraint: budget,
    wanted: budget,
    absent: true,
  };
}

/** Defaults of containers that add up to more than the pod-level request. */
export function podRequestViolation(pod: AdmittedPod, resource: string): Violation | undefined {
  const budget = podBudget(pod, resource);
  const asked = pod.sums.requests.get(resource);
  if (budget === undefined || asked === undefined || asked.nano <= budget.nano) return undefined;
  const key = injectedKey("requests", resource);
  const blamed = pod.containers.find(({ injected }) => injected.has(key));
  const from = blamed?.injected.get(key)?.from;
  if (blamed === undefined || from === undefined) return undefined;
  return {
    kind: "pod-request",
    container: undefined,
    resource,
    list: "requests",
    limitRange: from,
    found: asked,
    constraint: budget,
    wanted: budget,
    absent: true,
  };
}

function podBudget({ podLevel }: AdmittedPod, resource: string): Quantity | undefined {
  const request = podLevel.requests.get(resource);
  const limit = podLevel.limits.get(resource);
  if (request === undefined || limit === undefined) return request ?? limit;
  return minQuantity(request, limit);
}
