import { z } from "zod";
import { overrideAdvice } from "../../engine/override-advice.ts";
import { defineRule, type Finding, type RuleContext } from "../../engine/rule.ts";
import {
  CNPG_BACKUP,
  newestBackup,
  OBJECT_STORE,
  VOLUME_SNAPSHOT,
} from "../../kubernetes/backup-record.ts";
import { CNPG_CLUSTER } from "../../kubernetes/backup-unit.ts";
import { VELERO_BACKUP } from "../../kubernetes/backup-velero.ts";
import { HOUR, MINUTE, spanText } from "../../kubernetes/duration.ts";
import { catalogLayer, catalogStakes, IMAGE_CATALOGS } from "./image-catalog.ts";
import { type Stake, workloadStakes } from "./stake.ts";
import { HISTORY_KINDS, UPGRADED_KINDS, upgradeOf } from "./upgrade.ts";

const params = z.strictObject({
  maxAgeHours: z
    .number()
    .positive()
    .default(24)
    .describe("The newest completed backup may have ended so long ago"),
  clockSkewMinutes: z
    .number()
    .min(0)
    .default(5)
    .describe("Backups that ended later than so many minutes from now are not believed"),
});

type Context = RuleContext<z.output<typeof params>>;

export default defineRule<z.output<typeof params>>({
  id: "upgrade-fresh-backup",
  title: "Data is backed up before what keeps it is upgraded",
  why: "Most upgrades of a database cannot be undone: a new version rewrites its data on the first start. The backup from before is then the only way back.",
  practice: "upgrades",
  since: "0.1.0",
  targets: [{ kinds: [...UPGRADED_KINDS, ...IMAGE_CATALOGS], operations: ["UPDATE"] }],
  needs: [
    "Namespace",
    CNPG_CLUSTER,
    "StatefulSet.apps",
    CNPG_BACKUP,
    OBJECT_STORE,
    VELERO_BACKUP,
    VOLUME_SNAPSHOT,
    ...HISTORY_KINDS,
  ],
  mode: "enforce",
  modeNote: "warns where the backing store that a workload names cannot be found",
  doors: ["admission"],
  reads: ["metadata", "TP", "spec.imageName", "spec.image", "spec.imageCatalogRef", "spec.images"],
  params,
  governs: catalogLayer,
  *check(context) {
    for (const stake of stakesOf(context)) {
      const finding = findingOf(context, stake);
      if (finding !== undefined) yield finding;
    }
  },
});

/** What an upgrade puts at stake; nothing when it is a rollback. */
function stakesOf(context: Context): Iterable<Stake> {
  if (IMAGE_CATALOGS.includes(context.subject.kind)) return catalogStakes(context);
  const upgrade = upgradeOf(context);
  if (upgrade === undefined || upgrade.rollback !== undefined) return [];
  return workloadStakes(context, upgrade.step);
}

function findingOf(context: Context, { unit, shown, location }: Stake): Finding | undefined {
  const { cluster, params, now, subject } = context;
  const key = `backup:${shown}`;
  if (unit === undefined) {
    return {
      message: `backing store ${shown} is neither a Cluster nor a StatefulSet with volumes`,
      fix: "name it as namespace/name",
      location,
      key,
      atMost: "warn",
    };
  }
  const limit = params.maxAgeHours * HOUR;
  const latest = now + params.clockSkewMinutes * MINUTE;
  const newest = newestBackup(cluster, unit, { now, latest });
  if (newest !== undefined && now - newest.endedAt <= limit) return undefined;
  const found =
    newest === undefined
      ? `no completed backup of ${shown} is known, one of the last ${spanText(limit)} is needed`
      : `newest completed backup of ${shown} ended ${spanText(now - newest.endedAt, Math.ceil)} ago, limit ${spanText(limit)}`;
  return {
    message: found,
    fix: `create a Backup, wait for phase completed, retry; or let it pass by an override of the policy: ${overrideAdvice("upgrade-fresh-backup", subject, now)}`,
    location,
    key,
  };
}
