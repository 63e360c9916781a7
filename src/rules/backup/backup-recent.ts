import { z } from "zod";
import { getOrAdd } from "../../engine/get-or-add.ts";
import { kindWord } from "../../engine/policy.ts";
import { defineRule, type RuleContext } from "../../engine/rule.ts";
import { createdAt } from "../../kubernetes/age.ts";
import {
  type BackupRecord,
  CNPG_BACKUP,
  newestBackup,
  newestJobBackup,
  OBJECT_STORE,
  type VeleroRecord,
  VOLUME_SNAPSHOT,
  veleroRecords,
} from "../../kubernetes/backup-record.ts";
import type { BackupUnit } from "../../kubernetes/backup-unit.ts";
import { includesNamespace, VELERO_BACKUP } from "../../kubernetes/backup-velero.ts";
import { HOUR, MINUTE, spanText } from "../../kubernetes/duration.ts";
import { ROOT } from "../../kubernetes/location.ts";
import { dataLayers, MARKS } from "./backup-params.ts";
import { judgedUnit, MOUNTERS, UNIT_KINDS } from "./units.ts";

const params = z.strictObject({
  layers: dataLayers,
  maxAgeHours: z
    .number()
    .positive()
    .default(26)
    .describe(
      "The newest completed backup may have ended so long ago: a day, and the time it takes",
    ),
  clockSkewMinutes: z
    .number()
    .min(0)
    .default(5)
    .describe("Backups that ended later than so many minutes from now are not believed"),
});

type Context = RuleContext<z.output<typeof params>>;

export default defineRule<z.output<typeof params>>({
  id: "backup-recent",
  title: "The newest completed backup is a day old at most",
  why: "A schedule says what should happen. Only a backup that is complete says that it did, and how much would be lost right now.",
  practice: "backup",
  since: "0.1.0",
  targets: [{ kinds: UNIT_KINDS, operations: ["CREATE"] }],
  needs: [
    "Namespace",
    ...UNIT_KINDS,
    CNPG_BACKUP,
    OBJECT_STORE,
    VELERO_BACKUP,
    VOLUME_SNAPSHOT,
    "CronJob.batch",
  ],
  consults: MOUNTERS,
  mode: "audit",
  doors: ["audit"],
  reads: ["metadata", "spec"],
  params,
  check(context) {
    const unit = judgedUnit(context);
    if (unit === undefined) return [];
    const { now, params } = context;
    const limit = params.maxAgeHours * HOUR;
    const newest = newestOf(context, unit);
    if (newest !== undefined && now - newest.endedAt <= limit) return [];
    if (newest === undefined && isYoung(unit, now, limit)) return [];
    const shown = `${kindWord(unit.kind)} ${unit.namespace}/${unit.name}`;
    return [
      {
        message:
          newest === undefined
            ? `no completed backup of ${shown} is known, one of the last ${spanText(limit)} is needed`
            : `newest completed backup of ${shown} (${newest.source}) ended ${spanText(now - newest.endedAt, Math.ceil)} ago, limit ${spanText(limit)}`,
        fix: "find out why its schedule made none, and make one now",
        location: ROOT,
        key: "recent",
        ...(newest === undefined ? {} : { magnitude: now - newest.endedAt }),
      },
    ];
  },
});

const VELERO = Symbol("completed Velero Backups");
const BY_NAMESPACE = Symbol("completed Velero Backups by namespace");

function newestOf(context: Context, unit: BackupUnit) {
  const { cluster, now, params } = context;
  const latest = now + params.clockSkewMinutes * MINUTE;
  const velero = veleroOf(context, unit.namespace);
  const found = [
    newestBackup(cluster, unit, { now, latest }, velero),
    newestJobBackup(cluster, unit, latest, MARKS.backupFor),
  ];
  return found.reduce(newer, undefined);
}

/** Looked through once for each namespace, not for each of its units. */
function veleroOf({ cluster, once }: Context, namespace: string): readonly VeleroRecord[] {
  const known = once(BY_NAMESPACE, () => new Map<string, readonly VeleroRecord[]>());
  return getOrAdd(known, namespace, () => {
    const all = once(VELERO, () => veleroRecords(cluster));
    return all.filter(({ spec }) => includesNamespace(spec, namespace));
  });
}

function newer(left: BackupRecord | undefined, right: BackupRecord | undefined) {
  if (left === undefined || right === undefined) return left ?? right;
  return left.endedAt >= right.endedAt ? left : right;
}

/** Its first backup may still be to come. What does not say how old it is, is not young. */
function isYoung({ object }: BackupUnit, now: number, limit: number): boolean {
  const created = createdAt(object);
  return created !== undefined && now - created < limit;
}
