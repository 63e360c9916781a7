import { z } from "zod";
import { defineRule, type Finding } from "../../engine/rule.ts";
import { catalogReferenceOf, versionsOf } from "../../kubernetes/image-reference.ts";
import { field, type Location, ROOT } from "../../kubernetes/location.ts";
import { UPGRADED_KINDS, upgradeStepOf } from "./upgrade.ts";

const params = z.strictObject({
  maxMajors: z.int().min(1).default(1).describe("So many major versions may be taken at once"),
  calendarFrom: z
    .int()
    .min(1)
    .default(1000)
    .describe("A first number from here on is a year or a date and no major version"),
});

export default defineRule({
  id: "upgrade-skip",
  title: "Upgrades skip no major version",
  why: "Migrations of data are written and tested from one major version to the next. Skipping one often works on an empty database and fails on the real one.",
  practice: "upgrades",
  since: "0.1.0",
  targets: [{ kinds: UPGRADED_KINDS, operations: ["UPDATE"] }],
  needs: [],
  mode: "warn",
  doors: ["admission"],
  reads: ["metadata.labels", "TP", "spec.imageName", "spec.image", "spec.imageCatalogRef"],
  params,
  *check(context) {
    const step = upgradeStepOf(context);
    if (step === undefined) return;
    for (const change of step.images) {
      const versions = versionsOf(change);
      const from = versions?.before.numbers[0] ?? 0;
      const to = versions?.after.numbers[0] ?? 0;
      if (!isSkip(from, to, context.params)) continue;
      yield skipFinding(`container ${change.container}`, { from, to }, change.location ?? ROOT);
    }
    const { old, object } = context.subject;
    const from = (old && catalogReferenceOf(old.raw)?.major) ?? 0;
    const to = catalogReferenceOf(object.raw)?.major ?? 0;
    if (from > 0 && isSkip(from, to, context.params)) {
      yield skipFinding("the image catalog", { from, to }, CATALOG_MAJOR);
    }
  },
});

const CATALOG_MAJOR = field(ROOT, "spec", "imageCatalogRef", "major");

function isSkip(from: number, to: number, { maxMajors, calendarFrom }: z.output<typeof params>) {
  return to - from > maxMajors && to < calendarFrom;
}

function skipFinding(
  what: string,
  { from, to }: { readonly from: number; readonly to: number },
  location: Location,
): Finding {
  return {
    message: `${what} goes from major version ${from} to ${to} at once`,
    fix: `take version ${from + 1} first`,
    location,
    key: `skip:${what}`,
  };
}
