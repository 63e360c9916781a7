import type { ResourceDefaults } from "../../engine/platform.ts";
import { type LimitRange, limitRangeDefault } from "../../kubernetes/limit-range.ts";
import {
  type Bounds,
  clampToBounds,
  containerBounds,
  isWithin,
  largestLimit,
  smallestRequest,
} from "../../kubernetes/limit-range-bounds.ts";
import { type Quantity, textOf } from "../../kubernetes/quantity.ts";
import { formatQuantity } from "../../kubernetes/quantity-format.ts";
import {
  type ComputeResource,
  parseResource,
  type ResourceListName,
} from "../../kubernetes/resources.ts";

/** A quantity with the text that a patch carries for it. */
export interface Value {
  readonly amount: Quantity;
  readonly text: string;
}

/** Request and limit of one container for one resource, as far as they are known. */
export interface Pair {
  readonly request: Value | undefined;
  readonly limit: Value | undefined;
}

/** What to fill in for one resource, and what LimitRanges allow. */
export interface Defaults {
  readonly request: Value | undefined;
  readonly limit: Value | undefined;
  readonly bounds: Bounds;
}

/** What a user wrote: strings verbatim, numbers canonical. undefined for what is no quantity. */
export function writtenValue(written: unknown): Value | undefined {
  const amount = parseResource(written);
  if (amount === undefined) return undefined;
  const text = typeof written === "string" ? textOf(written) : undefined;
  return { amount, text: text ?? formatQuantity(amount) };
}

function canonical(amount: Quantity): Value {
  return { amount, text: formatQuantity(amount) };
}

/** LimitRange defaults where they agree, else those of the component, else of the policy. */
export function defaultsFor(
  resource: ComputeResource,
  ranges: readonly LimitRange[],
  sources: readonly ResourceDefaults[],
): Defaults {
  return {
    request: defaultOf("requests", resource, ranges, sources),
    limit: defaultOf("limits", resource, ranges, sources),
    bounds: containerBounds(ranges, resource),
  };
}

function defaultOf(
  list: ResourceListName,
  resource: ComputeResource,
  ranges: readonly LimitRange[],
  sources: readonly ResourceDefaults[],
): Value | undefined {
  const found = limitRangeDefault(ranges, list, resource);
  if (found !== undefined && found.rivals === undefined) return canonical(found.value);
  for (const source of sources) {
    const amount = parseResource(source[list][resource]);
    if (amount !== undefined) return canonical(amount);
  }
  return undefined;
}

/** The given values with the absent ones filled in; undefined when no legal value is left. */
export function completed(given: Pair, defaults: Defaults): Pair | undefined {
  const filled = filledIn(given, defaults);
  return filled !== undefined && isLegal(filled, defaults.bounds) ? filled : undefined;
}

function filledIn(given: Pair, defaults: Defaults): Pair | undefined {
  const { request, limit } = given;
  if (request !== undefined && limit !== undefined) return given;
  // Zero is no limit; copying it would only double the fault.
  if (limit !== undefined) return limit.amount.nano === 0n ? undefined : { request: limit, limit };
  if (request !== undefined) return limitFor(request, defaults);
  return bothFrom(defaults);
}

function limitFor(request: Value, { limit, bounds }: Defaults): Pair | undefined {
  if (limit === undefined) return undefined;
  let wanted = clamped(limit, bounds);
  if (bounds.maxRatio !== undefined) {
    const most = largestLimit(bounds.maxRatio, request.amount);
    if (wanted.amount.nano > most.nano) wanted = canonical(most);
  }
  return { request, limit: larger(request, wanted) };
}

function bothFrom({ request, limit, bounds }: Defaults): Pair | undefined {
  if (request === undefined) {
    const both = limit && clamped(limit, bounds);
    return both && { request: both, limit: both };
  }
  const wanted = clamped(request, bounds);
  if (limit === undefined) return { request: wanted, limit: undefined };
  const most = larger(wanted, clamped(limit, bounds));
  if (bounds.maxRatio === undefined) return { request: wanted, limit: most };
  // Reserving more is safer than allowing less.
  const least = canonical(smallestRequest(bounds.maxRatio, most.amount));
  return { request: larger(wanted, least), limit: most };
}

function isLegal({ request, limit }: Pair, bounds: Bounds): boolean {
  const low = request ?? limit;
  const high = limit ?? request;
  return low !== undefined && high !== undefined
    ? isWithin(bounds, { request: low.amount, limit: high.amount })
    : false;
}

function clamped(value: Value, bounds: Bounds): Value {
  const amount = clampToBounds(bounds, value.amount);
  return amount === value.amount ? value : canonical(amount);
}

/** Of two equal values the first. */
function larger(first: Value, second: Value): Value {
  return second.amount.nano > first.amount.nano ? second : first;
}
