import { z } from "zod";
import { defineRule } from "../../engine/rule.ts";
import { RESOURCE_READS, RESOURCE_TARGETS } from "./resource-holders.ts";
import { suspiciousQuantities } from "./suspicious-quantity.ts";

export default defineRule({
  id: "res-quantity-suspicious",
  title: "Requests and limits are what their author meant",
  why:
    "One letter changes a quantity by a billion: memory 512m is half a byte, cpu 500 is five " +
    "hundred cores. Such a Pod is never placed or never starts.",
  practice: "resources",
  since: "0.1.0",
  targets: RESOURCE_TARGETS,
  needs: [],
  mode: "enforce",
  modeNote: "only a memory limit below 1Mi and what is not a quantity block; all else warns",
  reads: RESOURCE_READS,
  params: z.strictObject({
    maxCpu: z.int().positive().default(64).describe("cores above which a CPU value is doubted"),
  }),
  check: ({ object, params }) => suspiciousQuantities(object, params.maxCpu),
});
