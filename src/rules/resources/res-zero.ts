import { z } from "zod";
import { defineRule } from "../../engine/rule.ts";
import { RESOURCE_READS, RESOURCE_TARGETS } from "./resource-holders.ts";
import { zeroResources } from "./zero-resource.ts";

export default defineRule({
  id: "res-zero",
  title: "No request or limit is 0",
  why:
    "A limit of 0 means no limit at all and a request of 0 reserves nothing: for quality of " +
    "service both count as absent, though the manifest looks complete.",
  practice: "resources",
  since: "0.1.0",
  targets: RESOURCE_TARGETS,
  needs: [],
  mode: "enforce",
  reads: RESOURCE_READS,
  params: z.strictObject({}),
  check: ({ object }) => zeroResources(object),
});
