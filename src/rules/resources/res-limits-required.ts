import { z } from "zod";
import { MODES } from "../../engine/modes.ts";
import { defineRule } from "../../engine/rule.ts";
import { COMPUTE_RESOURCES, isLimited } from "../../kubernetes/resources.ts";
import { missingResource } from "./missing-resource.ts";
import { judgedContainers, RESOURCE_READS, RESOURCE_TARGETS } from "./resource-holders.ts";

export default defineRule({
  id: "res-limits-required",
  title: "Every container has CPU and memory limits",
  why:
    "One container without a memory limit can take a whole node down with it, and one without a " +
    "CPU limit starves its neighbours just when they need CPU most.",
  practice: "resources",
  since: "0.1.0",
  targets: RESOURCE_TARGETS,
  needs: [],
  mode: "enforce",
  modeNote: "the parameters may weaken CPU or memory on their own",
  reads: RESOURCE_READS,
  params: z.strictObject({
    cpu: z
      .enum(MODES)
      .default("enforce")
      .describe("strictest mode for a missing CPU limit; warn where throttling does more harm"),
    memory: z.enum(MODES).default("enforce").describe("strictest mode for a missing memory limit"),
  }),
  *check({ object, params }) {
    const podSpec = object.template?.spec;
    for (const container of judgedContainers(object)) {
      for (const resource of COMPUTE_RESOURCES) {
        if (isLimited(container.raw, podSpec, resource)) continue;
        yield { ...missingResource(container, "limits", resource), atMost: params[resource] };
      }
    }
  },
});
