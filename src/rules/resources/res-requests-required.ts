import { z } from "zod";
import { defineRule } from "../../engine/rule.ts";
import { COMPUTE_RESOURCES, isRequested } from "../../kubernetes/resources.ts";
import { missingResource } from "./missing-resource.ts";
import { judgedContainers, RESOURCE_READS, RESOURCE_TARGETS } from "./resource-holders.ts";

export default defineRule({
  id: "res-requests-required",
  title: "Every container requests CPU and memory",
  why:
    "The scheduler places Pods by their requests. A container without one is put on a full node " +
    "and is the first to be evicted when memory runs out.",
  practice: "resources",
  since: "0.1.0",
  targets: RESOURCE_TARGETS,
  needs: [],
  mode: "enforce",
  reads: RESOURCE_READS,
  params: z.strictObject({}),
  *check({ object }) {
    const podSpec = object.template?.spec;
    for (const container of judgedContainers(object)) {
      for (const resource of COMPUTE_RESOURCES) {
        if (!isRequested(container.raw, podSpec, resource)) {
          yield missingResource(container, "requests", resource);
        }
      }
    }
  },
});
