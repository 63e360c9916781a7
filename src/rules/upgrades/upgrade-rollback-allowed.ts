import { z } from "zod";
import { kindWord } from "../../engine/policy.ts";
import { defineRule } from "../../engine/rule.ts";
import { field, ROOT } from "../../kubernetes/location.ts";
import { HISTORY_KINDS, UPGRADED_KINDS, upgradeOf } from "./upgrade.ts";

export default defineRule({
  id: "upgrade-rollback-allowed",
  title: "A rollback is never held up",
  why: "A rollback is how people get out of a bad upgrade. It passes whatever the rules of upgrades say about the platform, and is told so that nobody overlooks that the data may be newer than the code.",
  practice: "upgrades",
  since: "0.1.0",
  targets: [{ kinds: UPGRADED_KINDS, operations: ["UPDATE"] }],
  needs: [],
  consults: HISTORY_KINDS,
  mode: "warn",
  doors: ["admission"],
  reads: ["metadata.labels", "TP", "spec.imageName", "spec.image", "spec.imageCatalogRef"],
  params: z.strictObject({}),
  *check(context) {
    const upgrade = upgradeOf(context);
    if (upgrade?.rollback === undefined) return;
    const { kind, name } = context.subject;
    yield {
      message: `${kindWord(kind)} ${name} goes back to ${upgrade.rollback}: rollbacks pass the upgrade rules`,
      fix: "check that its data still fits the older version",
      location: upgrade.step.images[0]?.location ?? field(ROOT, "spec"),
      key: "rollback",
    };
  },
});
