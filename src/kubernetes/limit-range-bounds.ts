import type { LimitRange } from "./limit-range.ts";
import { maxQuantity, minQuantity, NANO_PER_UNIT, type Quantity } from "./quantity.ts";

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

/** The smallest request that keeps the ratio to a limit, in whole milli-units. */
export function smallestRequest(maxRatio: Quantity, limit: Quantity): Quantity {
  if (maxRatio.nano <= 0n) return limit;
  const exact = (limit.nano * NANO_PER_UNIT + maxRatio.nano - 1n) / maxRatio.nano;
  const step = stepOf(limit);
  return { nano: ((exact + step - 1n) / step) * step, format: limit.format };
}

/** The largest limit that keeps the ratio to a request, in whole milli-units. */
export function largestLimit(maxRatio: Quantity, request: Quantity): Quantity {
  const nano = (request.nano * maxRatio.nano) / NANO_PER_UNIT;
  return { nano: nano - (nano % stepOf(request)), format: request.format };
}

/** Bytes stay whole: a third of 1Gi would print as milli-bytes. */
function stepOf({ format }: Quantity): bigint {
  return format === "binary" ? NANO_PER_UNIT : 1_000_000n;
}

function tighter(
  current: Quantity | undefined,
  next: Quantity | undefined,
  choose: (left: Quantity, right: Quantity) => Quantity,
): Quantity | undefined {
  if (current === undefined || next === undefined) return current ?? next;
  return choose(current, next);
}
