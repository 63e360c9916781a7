import type { LimitRange } from "./limit-range.ts";
import {
  maxQuantity,
  minQuantity,
  NANO_PER_MEBIBYTE,
  NANO_PER_MILLI,
  NANO_PER_UNIT,
  type Quantity,
} from "./quantity.ts";

/** What all LimitRanges of a namespace together allow one container for one resource. */
export interface Bounds {
  readonly min: Quantity | undefined;
  readonly max: Quantity | undefined;
  readonly maxRatio: Quantity | undefined;
}

export interface RequestAndLimit {
  readonly request: Quantity;
  readonly limit: Quantity;
}

const UNBOUNDED: Bounds = { min: undefined, max: undefined, maxRatio: undefined };

export function containerBounds(ranges: readonly LimitRange[], resource: string): Bounds {
  let bounds = UNBOUNDED;
  for (const { items } of ranges) {
    for (const item of items) {
      if (item.type !== "Container") continue;
      bounds = {
        min: tighter(bounds.min, item.min.get(resource), maxQuantity),
        max: tighter(bounds.max, item.max.get(resource), minQuantity),
        maxRatio: tighter(bounds.maxRatio, item.maxRatio.get(resource), minQuantity),
      };
    }
  }
  return bounds;
}

/** Whether LimitRanger and the API accept the pair. */
export function isWithin(bounds: Bounds, { request, limit }: RequestAndLimit): boolean {
  if (request.nano > limit.nano) return false;
  if (bounds.min !== undefined && request.nano < bounds.min.nano) return false;
  if (bounds.max !== undefined && limit.nano > bounds.max.nano) return false;
  return bounds.maxRatio === undefined || isWithinRatio(bounds.maxRatio, { request, limit });
}

/** LimitRanger refuses a ratio of anything to 0. */
export function isWithinRatio(maxRatio: Quantity, { request, limit }: RequestAndLimit): boolean {
  if (request.nano === 0n || limit.nano === 0n) return false;
  return limit.nano * NANO_PER_UNIT <= maxRatio.nano * request.nano;
}

/** The nearest value between min and max. */
export function clampToBounds(bounds: Bounds, value: Quantity): Quantity {
  const raised = bounds.min === undefined ? value : maxQuantity(value, bounds.min);
  return bounds.max === undefined ? raised : minQuantity(raised, bounds.max);
}

/** The smallest handy request that keeps the ratio to a limit; the limit itself at most. */
export function smallestRequest(maxRatio: Quantity, limit: Quantity): Quantity {
  if (maxRatio.nano <= 0n) return limit;
  const exact = (limit.nano * NANO_PER_UNIT + maxRatio.nano - 1n) / maxRatio.nano;
  const step = stepOf(limit, exact);
  const nano = ((exact + step - 1n) / step) * step;
  return nano >= limit.nano ? limit : { nano, format: limit.format };
}

/** The largest handy limit that keeps the ratio to a request. */
export function largestLimit(maxRatio: Quantity, request: Quantity): Quantity {
  const exact = (request.nano * maxRatio.nano) / NANO_PER_UNIT;
  return { nano: exact - (exact % stepOf(request, exact)), format: request.format };
}

/** Whole 1Mi or bytes for binary values, whole 1m for all others: a third of 1Gi prints badly. */
function stepOf({ format }: Quantity, nano: bigint): bigint {
  if (format !== "binary") return NANO_PER_MILLI;
  return nano >= NANO_PER_MEBIBYTE ? NANO_PER_MEBIBYTE : NANO_PER_UNIT;
}

function tighter(
  current: Quantity | undefined,
  next: Quantity | undefined,
  choose: (left: Quantity, right: Quantity) => Quantity,
): Quantity | undefined {
  if (current === undefined || next === undefined) return current ?? next;
  return choose(current, next);
}
