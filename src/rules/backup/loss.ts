import type { RuleContext } from "../../engine/rule.ts";
import { type BackupRecord, newestBackup, objectStoresOf } from "../../kubernetes/backup-record.ts";
import { backedUpCluster } from "../../kubernetes/backup-schedule.ts";
import {
  type BackupUnit,
  backupUnitsOf,
  CNPG_CLUSTER,
  unitOf,
} from "../../kubernetes/backup-unit.ts";
import { backupSpecOf } from "../../kubernetes/backup-velero.ts";
import { MINUTE, parseTime } from "../../kubernetes/duration.ts";
import { dig } from "../../kubernetes/json.ts";
import { labelsOf, nameOf } from "../../kubernetes/object.ts";
import { backedUpNamespaces } from "./governed-data.ts";

/** What goes with an object that is deleted, and what would be left of it. */
export interface Loss {
  /** `loses its databases`. */
  readonly what: string;
  readonly newest: BackupRecord | undefined;
}

type Context = RuleContext<{
  readonly layers: readonly string[];
  readonly clockSkewMinutes: number;
}>;

export function lossOf(context: Context): Loss {
  const { subject, cluster } = context;
  const { namespace, name, object } = subject;
  switch (subject.kind) {
    case CNPG_CLUSTER:
      return {
        what: "loses its databases",
        newest: newestOf(context, [...unitOf(CNPG_CLUSTER, object.raw, namespace)]),
      };
    case "PersistentVolumeClaim":
      return { what: "loses its volume", newest: newestOf(context, [claimUnit(context)]) };
    case "ScheduledBackup.postgresql.cnpg.io": {
      const name = backedUpCluster(object.raw) ?? "";
      const found = cluster.get(CNPG_CLUSTER, namespace, name);
      const units = found === undefined ? [] : [...unitOf(CNPG_CLUSTER, found, namespace)];
      return { what: `ends the backups of Cluster ${name}`, newest: newestOf(context, units) };
    }
    case "Schedule.velero.io":
      return scheduleLoss(context);
    case "ObjectStore.barmancloud.cnpg.io":
      return storeLoss(context);
    case "Namespace":
      return namespaceLoss(context);
    default:
      return { what: `takes the backups in location ${name} out of reach`, newest: undefined };
  }
}

/** One backup of everything that goes; the oldest of the newest, none when one unit has none. */
function newestOf(
  { cluster, now, params }: Context,
  units: readonly BackupUnit[],
): BackupRecord | undefined {
  let weakest: BackupRecord | undefined;
  for (const unit of units) {
    const newest = newestBackup(cluster, unit, {
      now,
      latest: now + params.clockSkewMinutes * MINUTE,
    });
    if (newest === undefined) return undefined;
    if (weakest === undefined || newest.endedAt < weakest.endedAt) weakest = newest;
  }
  return weakest;
}

function claimUnit({ subject }: Context): BackupUnit {
  const { namespace, name, object } = subject;
  const volumes = [{ labels: labelsOf(object.raw), mounts: [] }];
  return { kind: subject.kind, namespace, name, object: object.raw, volumes };
}

function scheduleLoss(context: Context): Loss {
  const { object } = context.subject;
  const namespaces = backedUpNamespaces(context, backupSpecOf(object.kind, object.raw));
  const where = namespaces.length === 0 ? "its namespaces" : listOf("namespace", namespaces);
  const endedAt = parseTime(dig(object.raw, "status", "lastBackup"));
  return {
    what: `ends the backups of ${where}`,
    newest: endedAt === undefined ? undefined : { source: "by this schedule", endedAt },
  };
}

function storeLoss(context: Context): Loss {
  const { subject, cluster } = context;
  const users = [...cluster.list(CNPG_CLUSTER, subject.namespace)].filter((object) =>
    objectStoresOf(object).some(({ store }) => store === subject.name),
  );
  const names = users.map((object) => nameOf(object) ?? "");
  const whose = names.length === 0 ? "every Cluster that used it" : listOf("Cluster", names);
  return {
    what: `takes the backups of ${whose} out of reach`,
    newest: newestOf(
      context,
      users.flatMap((object) => [...unitOf(CNPG_CLUSTER, object, subject.namespace)]),
    ),
  };
}

function namespaceLoss(context: Context): Loss {
  const units = [...backupUnitsOf(context.cluster, context.subject.namespace)];
  const names = units.map(({ name }) => name);
  return {
    what: units.length === 0 ? "loses everything in it" : `loses the data of ${listOf("", names)}`,
    newest: newestOf(context, units),
  };
}

const MAX_NAMES = 3;

/** `namespaces a, b, c and 2 more`. */
function listOf(word: string, names: readonly string[]): string {
  const shown = names.slice(0, MAX_NAMES).join(", ");
  const more = names.length > MAX_NAMES ? ` and ${names.length - MAX_NAMES} more` : "";
  const head = word === "" ? "" : `${word}${names.length === 1 ? "" : "s"} `;
  return `${head}${shown}${more}`;
}
