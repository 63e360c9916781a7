import type { LimitRangeItem } from "./limit-range.ts";
import { isWithinRatio, smallestRequest } from "./limit-range-bounds.ts";
import { NANO_PER_UNIT, type Quantity } from "./quantity.ts";
import type { ResourceListName } from "./resources.ts";

/** The constraint of a LimitRange that a container or Pod breaks, and what would satisfy it. */
export interface Breach {
  readonly kind: "min" | "max" | "ratio";
  /** The value that has to change. */
  readonly list: ResourceListName;
  /** The offending value, for `ratio` the ratio; undefined when a value is absent. */
  readonly found: Quantity | undefined;
  readonly constraint: Quantity;
  readonly wanted: Quantity;
  readonly absent: boolean;
}

interface Pair {
  readonly request: Quantity | undefined;
  readonly limit: Quantity | undefined;
}

/** The first breach in LimitRanger's order: min, max, maxLimitRequestRatio. */
export function breachOf(item: LimitRangeItem, resource: string, pair: Pair): Breach | undefined {
  return (
    minBreach(item.min.get(resource), pair) ??
    maxBreach(item.max.get(resource), pair) ??
    ratioBreach(item.maxRatio.get(resource), pair)
  );
}

function minBreach(min: Quantity | undefined, { request, limit }: Pair): Breach | undefined {
  if (min === undefined) return undefined;
  if (request === undefined || request.nano < min.nano)
    return bound("min", "requests", request, min);
  if (limit === undefined || limit.nano >= min.nano) return undefined;
  return bound("min", "limits", limit, min);
}

function maxBreach(max: Quantity | undefined, { request, limit }: Pair): Breach | undefined {
  if (max === undefined) return undefined;
  if (limit === undefined || limit.nano > max.nano) return bound("max", "limits", limit, max);
  if (request === undefined || request.nano <= max.nano) return undefined;
  return bound("max", "requests", request, max);
}

function bound(
  kind: "min" | "max",
  list: ResourceListName,
  found: Quantity | undefined,
  constraint: Quantity,
): Breach {
  return { kind, list, found, constraint, wanted: constraint, absent: found === undefined };
}

/** A request or limit of 0 breaks every ratio. */
function ratioBreach(max: Quantity | undefined, { request, limit }: Pair): Breach | undefined {
  if (max === undefined) return undefined;
  const common = { kind: "ratio", constraint: max } as const;
  if (limit === undefined || limit.nano === 0n) {
    const absent = limit === undefined;
    return { ...common, list: "limits", found: undefined, wanted: request ?? max, absent };
  }
  const wanted = smallestRequest(max, limit);
  if (request === undefined || request.nano === 0n) {
    const absent = request === undefined;
    return { ...common, list: "requests", found: undefined, wanted, absent };
  }
  if (isWithinRatio(max, { request, limit })) return undefined;
  const found = ratioOf(limit, request);
  return { ...common, list: "requests", found, wanted, absent: false };
}

/** Limit divided by request, rounded up to thousandths so that a breach never looks legal. */
function ratioOf(limit: Quantity, request: Quantity): Quantity {
  const milli = (limit.nano * 1000n + request.nano - 1n) / request.nano;
  return { nano: (milli * NANO_PER_UNIT) / 1000n, format: "decimal" };
}
