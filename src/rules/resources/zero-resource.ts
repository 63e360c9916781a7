import type { Finding } from "../../engine/rule.ts";
import type { Judged } from "../../engine/subject.ts";
import type { JsonObject } from "../../kubernetes/json.ts";
import type { Location } from "../../kubernetes/location.ts";
import {
  amountOf,
  COMPUTE_RESOURCES,
  type ComputeResource,
  type ResourceListName,
  resourceLocation,
} from "../../kubernetes/resources.ts";
import { describe, judgedContainers } from "./resource-holders.ts";

/** Zeros of all containers and of pod level, at most one finding per holder and resource. */
export function* zeroResources(object: Judged): Iterable<Finding> {
  for (const container of judgedContainers(object)) {
    const { raw, location } = container;
    for (const resource of COMPUTE_RESOURCES) {
      const zeros = zerosOf(raw, resource);
      if (zeros === 0) continue;
      yield {
        ...zeroFinding(describe(container), location, resource, zeros),
        key: `${container.name} ${resource}`,
      };
    }
  }
  const { template } = object;
  if (template === undefined) return;
  for (const resource of COMPUTE_RESOURCES) {
    const zeros = zerosOf(template.spec, resource);
    if (zeros === 0) continue;
    yield {
      ...zeroFinding("pod", template.specLocation, resource, zeros),
      key: `/pod ${resource}`,
    };
  }
}

const ZERO_REQUEST = 1;
const ZERO_LIMIT = 2;

/** Bits: which of the two is 0. Also how bad it is: nothing reserved, unlimited, both. */
function zerosOf(holder: JsonObject, resource: ComputeResource): number {
  return (
    (isZero(holder, "requests", resource) ? ZERO_REQUEST : 0) +
    (isZero(holder, "limits", resource) ? ZERO_LIMIT : 0)
  );
}

function isZero(holder: JsonObject, list: ResourceListName, resource: ComputeResource): boolean {
  return amountOf(holder, list, resource)?.nano === 0n;
}

function zeroFinding(
  who: string,
  holder: Location,
  resource: ComputeResource,
  zeros: number,
): Omit<Finding, "key"> {
  const unlimited = (zeros & ZERO_LIMIT) !== 0;
  const list = unlimited ? "limits" : "requests";
  const both = zeros === ZERO_REQUEST + ZERO_LIMIT;
  const meaning = unlimited ? "unlimited" : "nothing reserved";
  return {
    message: `${who} ${list}.${resource} is 0 = ${meaning}${both ? `; requests.${resource} is 0 too` : ""}`,
    fix: unlimited
      ? `set resources.limits.${resource} to peak use`
      : `set resources.requests.${resource} to steady-state use`,
    location: resourceLocation(holder, list, resource),
    magnitude: zeros,
  };
}
