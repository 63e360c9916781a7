import { z } from "zod";
import { defineRule } from "../../engine/rule.ts";
import { RESOURCE_READS } from "./resource-holders.ts";
import { suspiciousQuantities } from "./suspicious-quantity.ts";
import { zeroResources } from "./zero-resource.ts";

/**
 * The API refuses to remove a request or limit by a resize (ValidatePodResize), and LimitRanger
 * sees resizes itself: what is left to get wrong are the new values.
 */
export default defineRule({
  id: "res-resize",
  title: "A resize in place keeps to the resource rules",
  why:
    "pods/resize changes a running Pod behind the back of its template, so a resize to 0 or to " +
    "half a byte would pass every check that only looks at manifests.",
  practice: "resources",
  since: "0.1.0",
  targets: [{ kinds: ["Pod"], operations: ["UPDATE"], subresource: "resize" }],
  needs: [],
  mode: "enforce",
  modeNote: "doubtful values that still can run warn, as in res-quantity-suspicious",
  doors: ["admission"],
  reads: RESOURCE_READS,
  params: z.strictObject({
    maxCpu: z.int().positive().default(64).describe("cores above which a CPU value is doubted"),
  }),
  *check({ object, params }) {
    for (const finding of zeroResources(object)) yield { ...finding, key: `zero ${finding.key}` };
    yield* suspiciousQuantities(object, params.maxCpu);
  },
});
