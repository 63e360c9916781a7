import type { Rule } from "../../engine/rule.ts";

/** A rule of the audit about a layer as a whole, which one of its Namespaces stands for. */
export const OF_A_LAYER = {
  targets: [{ kinds: ["Namespace"], operations: ["CREATE"] }],
  mode: "audit",
  modeNote:
    "said once, of the first namespace of the layer, or of the highest layer where it has none",
  doors: ["audit"],
  reads: ["metadata"],
} as const satisfies Pick<Rule, "targets" | "mode" | "modeNote" | "doors" | "reads">;
