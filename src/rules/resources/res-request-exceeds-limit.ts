import { z } from "zod";
import { defineRule, type Finding } from "../../engine/rule.ts";
import type { Judged } from "../../engine/subject.ts";
import type { Quantity } from "../../kubernetes/quantity.ts";
import { formatQuantity } from "../../kubernetes/quantity-format.ts";
import {
  amountOf,
  COMPUTE_RESOURCES,
  type ComputeResource,
  limitOf,
  podTotal,
  type ResourceListName,
  requestOf,
  resourceLocation,
} from "../../kubernetes/resources.ts";
import { type Container, type PodTemplate, WORKLOAD_RESOURCES } from "../../kubernetes/workload.ts";
import {
  describe,
  judgedContainers,
  RESOURCE_READS,
  RESOURCE_TARGETS,
} from "./resource-holders.ts";

export default defineRule({
  id: "res-request-exceeds-limit",
  title: "No request exceeds its limit",
  why:
    "The API server refuses a Pod that asks for more than it may use. In a custom resource or a " +
    "file nobody notices until the operator fails to create Pods.",
  practice: "resources",
  since: "0.1.0",
  targets: RESOURCE_TARGETS,
  needs: [],
  mode: "enforce",
  reads: RESOURCE_READS,
  params: z.strictObject({}),
  *check({ object, subject }) {
    // The API server refuses built-in kinds itself.
    if (subject.door === "admission" && !WORKLOAD_RESOURCES.includes(object.kind)) return;
    for (const container of judgedContainers(object)) {
      for (const resource of COMPUTE_RESOURCES) {
        const found = containerFinding(container, resource, object.template);
        if (found !== undefined) yield found;
      }
    }
    for (const resource of COMPUTE_RESOURCES) {
      const found = podFinding(object, resource);
      if (found !== undefined) yield found;
    }
  },
});

function containerFinding(
  container: Container,
  resource: ComputeResource,
  template: PodTemplate | undefined,
): Finding | undefined {
  const limit = limitOf(container.raw, resource);
  if (limit === undefined) return undefined;
  const request = requestOf(container.raw, resource);
  const where = { who: describe(container), key: container.name, container };
  if (request !== undefined && request.nano > limit.nano) {
    return finding(where, "requests", resource, {
      what: `${resource} request ${formatQuantity(request)} exceeds its limit ${formatQuantity(limit)}`,
      fix: `lower resources.requests.${resource} to at most ${formatQuantity(limit)}`,
    });
  }
  // As the API does: init containers and sidecars are not compared with the Pod.
  const podLimit = container.role === "container" ? limitOf(template?.spec, resource) : undefined;
  if (podLimit === undefined || limit.nano <= podLimit.nano) return undefined;
  return finding(where, "limits", resource, {
    what: `${resource} limit ${formatQuantity(limit)} exceeds the pod limit ${formatQuantity(podLimit)}`,
    fix: `lower resources.limits.${resource} to at most ${formatQuantity(podLimit)}`,
  });
}

/** The pod-level request against its own limit and against what the containers ask for. */
function podFinding(object: Judged, resource: ComputeResource): Finding | undefined {
  const { template } = object;
  if (template === undefined) return undefined;
  const written = amountOf(template.spec, "requests", resource);
  const limit = limitOf(template.spec, resource);
  if (written === undefined && limit === undefined) return undefined;
  const where = { who: "pod", key: "/pod", container: template };
  if (written !== undefined && limit !== undefined && written.nano > limit.nano) {
    return finding(where, "requests", resource, {
      what: `${resource} request ${formatQuantity(written)} exceeds its limit ${formatQuantity(limit)}`,
      fix: `lower resources.requests.${resource} to at most ${formatQuantity(limit)}`,
    });
  }
  const asked = containerRequests(object, resource);
  // A pod limit alone makes the request what the containers ask for, which it then must cover.
  const budget = written ?? limit;
  if (asked === undefined || budget === undefined || asked.nano <= budget.nano) return undefined;
  const list = written === undefined ? "limits" : "requests";
  const noun = list === "limits" ? "limit" : "request";
  return finding(where, list, resource, {
    what: `${resource} ${noun} ${formatQuantity(budget)} is less than the ${formatQuantity(asked)} its containers request`,
    fix: `raise resources.${list}.${resource} of the pod to at least ${formatQuantity(asked)}`,
  });
}

function containerRequests(object: Judged, resource: ComputeResource): Quantity | undefined {
  return podTotal(
    object.containers.map(({ role, raw }) => ({ role, amount: requestOf(raw, resource) })),
  );
}

interface Holder {
  readonly who: string;
  readonly key: string;
  readonly container: Container | PodTemplate;
}

/** A changed offending value is new, so the words are part of the key. */
function finding(
  { who, key, container }: Holder,
  list: ResourceListName,
  resource: ComputeResource,
  { what, fix }: { readonly what: string; readonly fix: string },
): Finding {
  const holder = "specLocation" in container ? container.specLocation : container.location;
  return {
    message: `${who} ${what}`,
    fix,
    location: resourceLocation(holder, list, resource),
    key: `${key} ${what}`,
  };
}
