import { z } from "zod";
import { overrideAdvice } from "../../engine/override-advice.ts";
import { kindWord } from "../../engine/policy.ts";
import { defineRule } from "../../engine/rule.ts";
import { field, ROOT } from "../../kubernetes/location.ts";
import { ROLLOUT_KINDS } from "../../kubernetes/rollout.ts";
import { type Obstacle, obstaclesTo } from "./obstacle.ts";
import { HISTORY_KINDS, UPGRADED_KINDS, upgradeOf } from "./upgrade.ts";

const params = z.strictObject({
  stuckMinutes: z
    .number()
    .positive()
    .default(60)
    .describe("A rollout without progress for so long holds up no lower layer any more"),
  rememberSeconds: z
    .number()
    .min(0)
    .max(3_600)
    .default(60)
    .describe("An upgrade that was let through counts as progressing for so long"),
});

export default defineRule<z.output<typeof params>>({
  id: "upgrade-one-layer",
  title: "Layers are upgraded one at a time",
  why: "Two layers in motion at once leave nobody able to say which of them broke the platform, and an application that is rolled out on a failing database fails with it.",
  practice: "upgrades",
  since: "0.1.0",
  targets: [{ kinds: UPGRADED_KINDS, operations: ["UPDATE"] }],
  needs: ["Namespace", ...ROLLOUT_KINDS, ...HISTORY_KINDS],
  mode: "enforce",
  modeNote: "warns where the workload in motion is only inferred to be a component",
  doors: ["admission"],
  reads: ["metadata.labels", "TP", "spec.imageName", "spec.image", "spec.imageCatalogRef"],
  params,
  *check(context) {
    if (context.layer === undefined) return;
    const upgrade = upgradeOf(context);
    if (upgrade === undefined || upgrade.rollback !== undefined) return;
    const { subject, now } = context;
    for (const obstacle of obstaclesTo(context, context.layer)) {
      yield {
        message: `${nameOf(obstacle)} of layer ${obstacle.layer} is ${obstacle.state}`,
        fix: `retry when it settles (--dry-run=server tells before a release starts), or let it pass by an override of the policy: ${overrideAdvice("upgrade-one-layer", subject, now)}`,
        location: upgrade.step.images[0]?.location ?? field(ROOT, "spec"),
        key: `${obstacle.kind}/${obstacle.namespace}/${obstacle.name}`,
        ...(obstacle.sure ? {} : { atMost: "warn" as const }),
      };
    }
  },
});

function nameOf({ kind, namespace, name }: Obstacle): string {
  return `${kindWord(kind)} ${namespace}/${name}`;
}
