import { z } from "zod";
import { PREFIX } from "../../engine/platform.ts";
import { defineRule, type RuleContext } from "../../engine/rule.ts";
import { includesNamespace } from "../../kubernetes/backup-velero.ts";
import { drillFault } from "../../kubernetes/drill.ts";
import { DAY, MINUTE } from "../../kubernetes/duration.ts";
import { asString, own } from "../../kubernetes/json.ts";
import type { GroupKind } from "../../kubernetes/kinds.ts";
import { field, ROOT } from "../../kubernetes/location.ts";
import { annotationOf, specOf, statusOf } from "../../kubernetes/object.ts";
import { dataLayers } from "./backup-params.ts";
import { MOUNTERS, UNIT_KINDS, unitsIn } from "./units.ts";

const RESTORE: GroupKind = "Restore.velero.io";
const DRILL = `${PREFIX}last-restore-test`;

const params = z.strictObject({
  layers: dataLayers,
  maxAgeDays: z.number().positive().default(90).describe("A test counts for so long"),
  clockSkewMinutes: z
    .number()
    .min(0)
    .default(5)
    .describe("A test that is noted for later than so many minutes from now is not believed"),
});

type Context = RuleContext<z.output<typeof params>>;

export default defineRule<z.output<typeof params>>({
  id: "backup-restore-drill",
  title: "Restores were tried lately",
  why: "A backup that was never restored may be empty, locked away with a lost key, or take two days. All three come to light in a drill, or in the worst hour.",
  practice: "backup",
  since: "0.1.0",
  targets: [{ kinds: ["Namespace"], operations: ["CREATE"] }],
  needs: ["Namespace", ...UNIT_KINDS, RESTORE],
  consults: MOUNTERS,
  mode: "audit",
  modeNote: "said of every namespace that keeps data",
  doors: ["audit"],
  reads: ["metadata"],
  params,
  check(context) {
    const { subject, object, layer, params, now } = context;
    if (layer === undefined || !params.layers.includes(layer)) return [];
    if (unitsIn(context, subject.namespace).length === 0) return [];
    const fault = drillFault([annotationOf(object.raw, DRILL), ...restoresOf(context)], {
      what: `restore test of namespace ${subject.namespace}`,
      now,
      maxAge: params.maxAgeDays * DAY,
      latest: now + params.clockSkewMinutes * MINUTE,
    });
    if (fault === undefined) return [];
    return [
      {
        message: `${fault}, one of the last ${params.maxAgeDays} d is needed`,
        fix: `restore a backup elsewhere, look at the data, then annotate the namespace with ${DRILL}: the time as RFC 3339`,
        location: field(ROOT, "metadata", "annotations", DRILL),
        key: "drill",
      },
    ];
  },
});

/** When Velero completed a restore of this namespace, wherever it put it. */
function restoresOf({ cluster, subject }: Context): string[] {
  const times: string[] = [];
  for (const restore of cluster.list(RESTORE)) {
    const status = statusOf(restore);
    if (own(status, "phase") !== "Completed") continue;
    if (!includesNamespace(specOf(restore) ?? {}, subject.namespace)) continue;
    const time = asString(own(status, "completionTimestamp"));
    if (time !== undefined) times.push(time);
  }
  return times;
}
