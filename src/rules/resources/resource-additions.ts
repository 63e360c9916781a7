import type { ResourceDefaults } from "../../engine/platform.ts";
import type { Addition, MutationContext } from "../../engine/rule.ts";
import type { JsonObject } from "../../kubernetes/json.ts";
import { limitRangesOf } from "../../kubernetes/limit-range.ts";
import {
  COMPUTE_RESOURCES,
  type ComputeResource,
  hasResource,
  resourceLocation,
  writtenResource,
} from "../../kubernetes/resources.ts";
import type { Container } from "../../kubernetes/workload.ts";
import {
  completed,
  type Defaults,
  defaultsFor,
  type Pair,
  writtenValue,
} from "./default-values.ts";

/** What one container gets. */
export interface ContainerAdditions {
  readonly container: Container;
  readonly requests: Readonly<Partial<Record<ComputeResource, string>>>;
  readonly limits: Readonly<Partial<Record<ComputeResource, string>>>;
}

/** Absent requests and limits of all containers; only containers that lack something. */
export function resourceAdditions(
  context: MutationContext,
  sources: readonly ResourceDefaults[],
): readonly ContainerAdditions[] {
  const { object, subject, cluster } = context;
  const podSpec = object.template?.spec;
  const resources = COMPUTE_RESOURCES.filter(
    (resource) =>
      !hasResource(podSpec, "requests", resource) && !hasResource(podSpec, "limits", resource),
  );
  const gaps = object.containers.filter(({ raw }) =>
    resources.some((one) => isIncomplete(raw, one)),
  );
  if (gaps.length === 0) return [];
  const ranges = limitRangesOf(cluster.list("LimitRange", subject.namespace));
  const defaults = resources.map((one) => [one, defaultsFor(one, ranges, sources)] as const);
  const before = byName(subject.old?.containers ?? []);
  return gaps.flatMap((container) => {
    const found = additionsFor(container, before.get(container.name), defaults);
    return found === undefined ? [] : [found];
  });
}

/** The first of a name counts. A search for each would take seconds where there are thousands. */
function byName(containers: readonly Container[]): ReadonlyMap<string, JsonObject> {
  const found = new Map<string, JsonObject>();
  for (const { name, raw } of containers) if (!found.has(name)) found.set(name, raw);
  return found;
}

function isIncomplete(container: JsonObject, resource: ComputeResource): boolean {
  return !(
    hasResource(container, "requests", resource) && hasResource(container, "limits", resource)
  );
}

function additionsFor(
  container: Container,
  before: JsonObject | undefined,
  defaults: readonly (readonly [ComputeResource, Defaults])[],
): ContainerAdditions | undefined {
  const requests: Partial<Record<ComputeResource, string>> = {};
  const limits: Partial<Record<ComputeResource, string>> = {};
  for (const [resource, fallback] of defaults) {
    if (!isIncomplete(container.raw, resource)) continue;
    const pair = fill(container.raw, before, resource, fallback);
    if (pair === undefined) continue;
    if (pair.request && !hasResource(container.raw, "requests", resource)) {
      requests[resource] = pair.request.text;
    }
    if (pair.limit && !hasResource(container.raw, "limits", resource)) {
      limits[resource] = pair.limit.text;
    }
  }
  const isEmpty = Object.keys(requests).length + Object.keys(limits).length === 0;
  return isEmpty ? undefined : { container, requests, limits };
}

/** Tries what the old object had before it tries the defaults; the first legal pair counts. */
function fill(
  container: JsonObject,
  before: JsonObject | undefined,
  resource: ComputeResource,
  defaults: Defaults,
): Pair | undefined {
  const written = pairOf(container, resource);
  if (written === undefined) return undefined;
  if (before !== undefined) {
    for (const sticky of stickyPairs(written, pairOf(before, resource))) {
      const pair = completed(sticky, defaults);
      if (pair !== undefined) return pair;
    }
  }
  return completed(written, defaults);
}

/** undefined when something is written that is no quantity. */
function pairOf(container: JsonObject, resource: ComputeResource): Pair | undefined {
  const request = writtenResource(container, "requests", resource);
  const limit = writtenResource(container, "limits", resource);
  const pair = {
    request: request === undefined ? undefined : writtenValue(request),
    limit: limit === undefined ? undefined : writtenValue(limit),
  };
  const isReadable =
    (request === undefined || pair.request !== undefined) &&
    (limit === undefined || pair.limit !== undefined);
  return isReadable ? pair : undefined;
}

/** Old values beside the written ones: as many as possible first. Zeros are not brought back. */
function stickyPairs(written: Pair, old: Pair | undefined): readonly Pair[] {
  const request = written.request ?? nonZero(old?.request);
  const limit = written.limit ?? nonZero(old?.limit);
  const pairs: Pair[] = [];
  if (request !== written.request && limit !== written.limit) pairs.push({ request, limit });
  if (limit !== written.limit) pairs.push({ ...written, limit });
  if (request !== written.request) pairs.push({ ...written, request });
  return pairs;
}

function nonZero(value: Pair["request"]): Pair["request"] {
  return value === undefined || value.amount.nano === 0n ? undefined : value;
}

export function additionsOf(found: readonly ContainerAdditions[]): Addition[] {
  const additions: Addition[] = [];
  for (const { container, requests, limits } of found) {
    for (const list of ["requests", "limits"] as const) {
      const values = list === "requests" ? requests : limits;
      for (const resource of COMPUTE_RESOURCES) {
        const value = values[resource];
        if (value === undefined) continue;
        additions.push({ location: resourceLocation(container.location, list, resource), value });
      }
    }
  }
  return additions;
}
