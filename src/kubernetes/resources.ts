import { type JsonObject, own, ownObject } from "./json.ts";
import { field, type Location } from "./location.ts";
import {
  addQuantities,
  maxQuantity,
  parseQuantity,
  type Quantity,
  roundUpToMilli,
  ZERO,
} from "./quantity.ts";
import type { ContainerRole } from "./workload.ts";

/** The resources that a container shares with its node and can take too much of. */
export const COMPUTE_RESOURCES = ["cpu", "memory"] as const;

export type ComputeResource = (typeof COMPUTE_RESOURCES)[number];

/** The two lists of ResourceRequirements. */
export type ResourceListName = "requests" | "limits";

/** Distinct texts in real clusters: a few dozen. */
const MEMO_SIZE = 512;
const MEMO_LENGTH = 32;
const memo = new Map<unknown, Quantity | undefined>();

/**
 * One value of a resource list, rounded up to 1m as the API does. null counts as 0, as in the
 * decoder of the API; undefined for what is no quantity.
 */
export function parseResource(value: unknown): Quantity | undefined {
  if (value === null) return ZERO;
  const known = memo.get(value);
  if (known !== undefined || memo.has(value)) return known;
  const exact = parseQuantity(value);
  const parsed = exact && roundUpToMilli(exact);
  if (typeof value === "number" || (typeof value === "string" && value.length <= MEMO_LENGTH)) {
    if (memo.size >= MEMO_SIZE) memo.clear();
    memo.set(value, parsed);
  }
  return parsed;
}

/** `holder.resources.<list>`; the holder is a container, or a PodSpec for pod-level resources. */
export function resourceList(
  holder: JsonObject | undefined,
  list: ResourceListName,
): JsonObject | undefined {
  return ownObject(ownObject(holder, "resources"), list);
}

/** What is written for one resource; undefined only when the key is absent. */
export function writtenResource(
  holder: JsonObject | undefined,
  list: ResourceListName,
  resource: string,
): unknown {
  return own(resourceList(holder, list), resource);
}

export function hasResource(
  holder: JsonObject | undefined,
  list: ResourceListName,
  resource: string,
): boolean {
  return writtenResource(holder, list, resource) !== undefined;
}

/**
 * Whether a request holds for a container: its own, its own limit (the API copies it), or one of
 * the pod-level resources (KEP-2837), which cover all containers.
 */
export function isRequested(
  container: JsonObject,
  podSpec: JsonObject | undefined,
  resource: string,
): boolean {
  return (
    hasResource(container, "requests", resource) ||
    isLimited(container, podSpec, resource) ||
    hasResource(podSpec, "requests", resource)
  );
}

/** Whether a limit holds for a container: its own or the pod-level one. */
export function isLimited(
  container: JsonObject,
  podSpec: JsonObject | undefined,
  resource: string,
): boolean {
  return hasResource(container, "limits", resource) || hasResource(podSpec, "limits", resource);
}

export function limitOf(holder: JsonObject | undefined, resource: string): Quantity | undefined {
  return amountOf(holder, "limits", resource);
}

/** The request, else the limit: the API copies it for Pods, and templates are judged alike. */
export function requestOf(holder: JsonObject | undefined, resource: string): Quantity | undefined {
  return hasResource(holder, "requests", resource)
    ? amountOf(holder, "requests", resource)
    : amountOf(holder, "limits", resource);
}

export function amountOf(
  holder: JsonObject | undefined,
  list: ResourceListName,
  resource: string,
): Quantity | undefined {
  const value = writtenResource(holder, list, resource);
  return value === undefined ? undefined : parseResource(value);
}

export function resourceLocation(
  holder: Location,
  list: ResourceListName,
  resource: string,
): Location {
  return field(holder, "resources", list, resource);
}

export interface Share {
  readonly role: ContainerRole;
  /** undefined: the container does not mention the resource. */
  readonly amount: Quantity | undefined;
}

/**
 * What a Pod as a whole asks for: the larger of all containers and sidecars together and the
 * greediest init container beside the sidecars started before it. undefined when no container
 * mentions the resource. Source: AggregateContainerRequests, k8s.io/component-helpers/resource.
 */
export function podTotal(shares: Iterable<Share>): Quantity | undefined {
  let running: Quantity | undefined;
  let sidecars: Quantity | undefined;
  let starting: Quantity | undefined;
  for (const { role, amount } of shares) {
    if (role !== "init") running = plus(running, amount);
    if (role === "container") continue;
    const beside = plus(sidecars, amount);
    if (role === "sidecar") sidecars = beside;
    if (beside !== undefined) starting = starting ? maxQuantity(starting, beside) : beside;
  }
  if (running === undefined || starting === undefined) return running ?? starting;
  return maxQuantity(running, starting);
}

function plus(sum: Quantity | undefined, amount: Quantity | undefined): Quantity | undefined {
  if (sum === undefined || amount === undefined) return sum ?? amount;
  return addQuantities(sum, amount);
}
