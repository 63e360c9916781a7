import { z } from "zod";
import { defineRule, type Finding, type RuleContext } from "../../engine/rule.ts";
import { OBJECT_STORE, objectStoresOf } from "../../kubernetes/backup-record.ts";
import { VELERO_SCHEDULE } from "../../kubernetes/backup-schedule.ts";
import { CNPG_CLUSTER } from "../../kubernetes/backup-unit.ts";
import { VELERO_BACKUP } from "../../kubernetes/backup-velero.ts";
import { type JsonObject, own, ownArray, ownObject, ownString } from "../../kubernetes/json.ts";
import { field, item, type Location, ROOT } from "../../kubernetes/location.ts";
import { specOf } from "../../kubernetes/object.ts";
import { parseRetention } from "../../kubernetes/retention.ts";
import { dataLayers } from "./backup-params.ts";
import { governedLayer } from "./governed-data.ts";
import { tooShort } from "./retention-finding.ts";
import { veleroFindings } from "./velero-retention.ts";

const params = z.strictObject({
  layers: dataLayers,
  minDays: z.number().positive().default(30).describe("Backups are kept at least so many days"),
  veleroDefaultDays: z
    .number()
    .positive()
    .default(30)
    .describe("What a Velero backup without ttl lives, in days (--default-backup-ttl, 720h)"),
});

type Context = RuleContext<z.output<typeof params>>;

const BACKUP = field(ROOT, "spec", "backup");

export default defineRule<z.output<typeof params>>({
  id: "backup-retention",
  title: "Backups are kept for at least 30 days",
  why: "Damage is often found weeks after it was done. When the last good backup has expired by then, no restore brings the data back.",
  practice: "backup",
  since: "0.1.0",
  targets: [
    {
      kinds: [CNPG_CLUSTER, OBJECT_STORE, VELERO_SCHEDULE, VELERO_BACKUP],
      operations: ["CREATE", "UPDATE"],
    },
  ],
  needs: ["Namespace"],
  consults: [OBJECT_STORE, VELERO_SCHEDULE],
  mode: "enforce",
  modeNote:
    "reports backups that are never deleted, snapshots, which no retention policy deletes, and Velero's backups of a Schedule, which is judged itself",
  reads: ["spec"],
  params,
  governs: governedLayer,
  check(context) {
    switch (context.object.kind) {
      case CNPG_CLUSTER:
        return clusterFindings(context);
      case OBJECT_STORE:
        return storeFindings(context);
      default:
        return veleroFindings(context);
    }
  },
});

function* clusterFindings(context: Context): Iterable<Finding> {
  const spec = specOf(context.object.raw);
  const backup = ownObject(spec, "backup");
  const policy = own(backup, "retentionPolicy");
  const location = field(BACKUP, "retentionPolicy");
  if (policy !== undefined && policy !== null) {
    yield* policyFindings(context, policy, location, "");
  } else if (ownObject(backup, "barmanObjectStore") !== undefined) {
    yield keptForever(location, "spec.backup.retentionPolicy");
  }
  if (ownObject(backup, "volumeSnapshot") !== undefined) {
    yield {
      message:
        "the retention policy does not apply to volume snapshots: they stay until somebody deletes them",
      fix: "delete old snapshots by another schedule, or keep backups in an object store",
      location: field(BACKUP, "volumeSnapshot"),
      key: "snapshots",
      atMost: "audit",
    };
  }
  yield* usedStoreFindings(context);
}

/** Stores may be created after the Cluster; each is judged when it is written, too. */
function* usedStoreFindings(context: Context): Iterable<Finding> {
  const { cluster, subject, object } = context;
  for (const { store, index } of objectStoresOf(object.raw)) {
    const found = cluster.get(OBJECT_STORE, subject.namespace, store);
    const policy = found === undefined ? undefined : own(specOf(found), "retentionPolicy");
    if (policy === undefined || policy === null) continue;
    const name = ownString(asPlugin(object.raw, index), "name");
    const plugin = item(field(ROOT, "spec", "plugins"), index, name);
    const location = field(plugin, "parameters", "barmanObjectName");
    yield* policyFindings(context, policy, location, ` of ObjectStore ${store}`);
  }
}

function asPlugin(cluster: JsonObject, index: number): JsonObject | undefined {
  const plugin = ownArray(specOf(cluster), "plugins")[index];
  return ownObject({ plugin }, "plugin");
}

function* storeFindings(context: Context): Iterable<Finding> {
  const policy = own(specOf(context.object.raw), "retentionPolicy");
  const location = field(ROOT, "spec", "retentionPolicy");
  if (policy === undefined || policy === null) yield keptForever(location, "spec.retentionPolicy");
  else yield* policyFindings(context, policy, location, "");
}

/** Without a policy CNPG deletes nothing: right for the data, and full disks one day. */
function keptForever(location: Location, path: string): Finding {
  return {
    message: "backups are kept for ever: nothing deletes old ones",
    fix: `set ${path} to 30d or longer`,
    location,
    key: "for-ever",
    atMost: "audit",
  };
}

function* policyFindings(
  context: Context,
  policy: unknown,
  location: Location,
  whose: string,
): Iterable<Finding> {
  const { minDays } = context.params;
  const text = typeof policy === "string" ? policy : "";
  const days = parseRetention(text);
  if (days === undefined) {
    yield {
      message: `retention${whose} is no number of days, weeks or months such as 30d, 5w, 2m`,
      fix: `write ${minDays}d`,
      location,
      key: `unreadable${whose}:${text}`,
    };
  } else if (days < minDays) {
    const found = text === `${days}d` ? text : `${days} d (${text})`;
    yield tooShort(context, location, { found: `${found}${whose}`, days, wanted: `${minDays}d` });
  }
}
