import { PREFIX } from "../../engine/platform.ts";
import { newestBackup, newestJobBackup } from "../../kubernetes/backup-record.ts";
import { type BackupUnit, backupUnitsOf } from "../../kubernetes/backup-unit.ts";
import { MINUTE, parseTime, spanText } from "../../kubernetes/duration.ts";
import { own } from "../../kubernetes/json.ts";
import type { GroupKind } from "../../kubernetes/kinds.ts";
import { annotationOf, nameOf, namespaceOf, statusOf } from "../../kubernetes/object.ts";
import type { Gathered, LineSpec, Site, Unknown } from "./line-spec.ts";
import { newestMark } from "./monitoring.ts";
import { placesOfRule, shown } from "./places.ts";

const RESTORE: GroupKind = "Restore.velero.io";
const DRILL = "backup-restore-drill";

/** Stamps that are a little ahead of our clock still count. */
const SKEW = 5 * MINUTE;

export const backupRestore: LineSpec = {
  id: "backup-restore",
  title: "Backup and restore are tested",
  rules: [
    "backup-coverage",
    "backup-frequency",
    "backup-retention",
    "backup-location-offcluster",
    "backup-recent",
    "backup-failing",
    DRILL,
  ],
  oneOf: [
    [
      "Backup.velero.io",
      "Backup.postgresql.cnpg.io",
      "ObjectStore.barmancloud.cnpg.io",
      "VolumeSnapshot.snapshot.storage.k8s.io",
    ],
  ],
  alsoReads: [RESTORE],
  gather(site): Gathered {
    const units = placesOfRule(site, "backup-frequency").flatMap(({ namespace }) => [
      ...backupUnitsOf(site.cluster, namespace),
    ]);
    const evidence: string[] = [];
    const unknown: Unknown[] = [];
    for (const unit of units) {
      const text = newestText(site, unit);
      if (text !== undefined) evidence.push(`${shown(unit)}: ${text}`);
      // The rule leaves time to new ones: no finding is no backup.
      else unknown.push({ text: `no completed backup of ${shown(unit)} known` });
    }
    const restore = restoreText(site, units);
    if (restore !== undefined) evidence.push(restore);
    else if (units.length > 0) {
      const text = `no restore test is recorded: annotate the namespace with ${PREFIX}last-restore-test`;
      unknown.push({ text, rule: DRILL });
    }
    return { evidence, unknown, applies: units.length > 0 };
  },
};

function newestText({ cluster, now }: Site, unit: BackupUnit): string | undefined {
  const latest = now + SKEW;
  const [newest] = [
    newestBackup(cluster, unit, { now, latest }),
    newestJobBackup(cluster, unit, latest, `${PREFIX}backup-for`),
  ]
    .filter((record) => record !== undefined)
    .sort((left, right) => right.endedAt - left.endedAt);
  if (newest === undefined) return undefined;
  return `newest backup ${newest.source}, ${spanText(Math.max(0, now - newest.endedAt))} old`;
}

/** A Restore of Velero that completed, or what people have written down. */
function restoreText(site: Site, units: readonly BackupUnit[]): string | undefined {
  const { cluster, now } = site;
  const mark = newestMark(site, `${PREFIX}last-restore-test`);
  if (mark !== undefined) return `last restore test ${mark}`;
  let newest: { readonly at: number; readonly text: string } | undefined;
  const note = (at: number | undefined, text: string): void => {
    if (at === undefined || at > now + SKEW) return;
    if (newest === undefined || at > newest.at) newest = { at, text };
  };
  for (const unit of units) {
    note(parseTime(annotationOf(unit.object, `${PREFIX}last-restore-test`)), shown(unit));
  }
  for (const restore of cluster.list(RESTORE)) {
    const status = statusOf(restore);
    if (own(status, "phase") !== "Completed") continue;
    const text = `Restore ${namespaceOf(restore) ?? ""}/${nameOf(restore)}`;
    note(parseTime(own(status, "completionTimestamp")), text);
  }
  if (newest === undefined) return undefined;
  return `last restore test ${spanText(Math.max(0, now - newest.at))} ago (${newest.text})`;
}
