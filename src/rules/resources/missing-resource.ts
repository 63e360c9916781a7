import type { Finding } from "../../engine/rule.ts";
import {
  type ComputeResource,
  type ResourceListName,
  resourceLocation,
} from "../../kubernetes/resources.ts";
import type { Container } from "../../kubernetes/workload.ts";
import { describe } from "./resource-holders.ts";

const words = {
  requests: { noun: "request", aim: "steady-state use" },
  limits: { noun: "limit", aim: "peak use" },
} as const;

/** A key that is not written, and that res-default may fill in. */
export function missingResource(
  container: Container,
  list: ResourceListName,
  resource: ComputeResource,
): Finding {
  const { noun, aim } = words[list];
  return {
    message: `${describe(container)} has no ${resource} ${noun}`,
    fix: `set resources.${list}.${resource} to ${aim}`,
    location: resourceLocation(container.location, list, resource),
    key: `${container.name} ${resource}`,
    gap: true,
  };
}
