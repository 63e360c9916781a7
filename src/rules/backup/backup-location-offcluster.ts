import { z } from "zod";
import { cap } from "../../engine/modes.ts";
import { defineRule, type Finding, type RuleContext } from "../../engine/rule.ts";
import { OBJECT_STORE, objectStoresOf } from "../../kubernetes/backup-record.ts";
import { VELERO_SCHEDULE } from "../../kubernetes/backup-schedule.ts";
import { CNPG_CLUSTER } from "../../kubernetes/backup-unit.ts";
import { backupSpecOf, isSnapshotOnly, VELERO_BACKUP } from "../../kubernetes/backup-velero.ts";
import { dig, type JsonObject, ownObject, ownString } from "../../kubernetes/json.ts";
import { field, type Location, ROOT } from "../../kubernetes/location.ts";
import { specOf } from "../../kubernetes/object.ts";
import { dataLayers } from "./backup-params.ts";
import { endpointFindings } from "./endpoint-finding.ts";
import { backedUpNamespaces, governedLayer, STORAGE_LOCATION } from "./governed-data.ts";
import { isMadeBySchedule } from "./made-by-schedule.ts";

const params = z.strictObject({
  layers: dataLayers,
  clusterDomain: z
    .string()
    .default("cluster.local")
    .describe("Domain of the cluster's own names (kubelet --cluster-domain)"),
});

type Context = RuleContext<z.output<typeof params>>;

export default defineRule<z.output<typeof params>>({
  id: "backup-location-offcluster",
  title: "Backups are kept outside of the cluster",
  why: "A backup inside the cluster that it protects goes down with it: a lost storage system or a deleted namespace takes the data and its backup at once.",
  practice: "backup",
  since: "0.1.0",
  targets: [
    {
      kinds: [CNPG_CLUSTER, OBJECT_STORE, STORAGE_LOCATION, VELERO_SCHEDULE, VELERO_BACKUP],
      operations: ["CREATE", "UPDATE"],
    },
  ],
  needs: ["Namespace"],
  consults: ["Service", STORAGE_LOCATION, VELERO_SCHEDULE],
  mode: "enforce",
  modeNote:
    "warns outside of the data layers, and about snapshots that stay beside their volumes; reports locations that take no backups, and Velero's backups of a Schedule, which is judged itself",
  reads: ["spec"],
  params,
  governs: governedLayer,
  *check(context) {
    const isData = context.params.layers.includes(governedLayer(context) ?? context.layer ?? "");
    const limit = isMadeBySchedule(context) ? "audit" : isData ? undefined : "warn";
    for (const finding of findingsOf(context)) {
      yield limit === undefined
        ? finding
        : { ...finding, atMost: cap(finding.atMost ?? limit, limit) };
    }
  },
});

function findingsOf(context: Context): Iterable<Finding> {
  const { raw, kind } = context.object;
  switch (kind) {
    case CNPG_CLUSTER:
      return clusterFindings(context);
    case OBJECT_STORE:
      return storeFindings(context, ownObject(specOf(raw), "configuration"), [
        "spec",
        "configuration",
      ]);
    case STORAGE_LOCATION:
      return locationFindings(context);
    default:
      return veleroFindings(context);
  }
}

function* locationFindings(context: Context): Iterable<Finding> {
  const { raw } = context.object;
  const url = dig(raw, "spec", "config", "s3Url");
  yield* endpointFindings(context, url, ["spec", "config", "s3Url"]);
  const isReadOnly = dig(raw, "spec", "accessMode") === "ReadOnly";
  if (!isReadOnly && dig(raw, "status", "phase") !== "Unavailable") return;
  yield {
    message: `location ${context.subject.name} takes no new backups: it is ${isReadOnly ? "read-only" : "unavailable"}`,
    fix: isReadOnly ? "set accessMode to ReadWrite" : "check its credentials, bucket and network",
    location: isReadOnly ? field(ROOT, "spec", "accessMode") : field(ROOT, "status", "phase"),
    key: isReadOnly ? "read-only" : "unavailable",
    atMost: "audit",
  };
}

function* clusterFindings(context: Context): Iterable<Finding> {
  const { raw } = context.object;
  const backup = ownObject(specOf(raw), "backup");
  const store = ownObject(backup, "barmanObjectStore");
  if (store !== undefined) {
    yield* storeFindings(context, store, ["spec", "backup", "barmanObjectStore"]);
  } else if (
    ownObject(backup, "volumeSnapshot") !== undefined &&
    objectStoresOf(raw).length === 0
  ) {
    yield snapshotFinding(
      field(ROOT, "spec", "backup", "volumeSnapshot"),
      "add an object store for base backups and WAL",
    );
  }
}

/** No endpoint means the provider's own, which is fine; s3:// names a bucket, not a host. */
function* storeFindings(
  context: Context,
  store: JsonObject | undefined,
  path: readonly string[],
): Iterable<Finding> {
  yield* endpointFindings(context, ownString(store, "endpointURL"), [...path, "endpointURL"]);
  const destination = ownString(store, "destinationPath");
  if (destination !== undefined && webUrl.test(destination)) {
    yield* endpointFindings(context, destination, [...path, "destinationPath"]);
  }
}

const webUrl = /^https?:\/\//i;

function* veleroFindings(context: Context): Iterable<Finding> {
  const { object, cluster, subject } = context;
  const spec = backupSpecOf(object.kind, object.raw);
  if (backedUpNamespaces(context, spec).length === 0) return;
  const path = object.kind === VELERO_BACKUP ? ["spec"] : ["spec", "template"];
  if (isSnapshotOnly(spec)) {
    yield snapshotFinding(
      field(ROOT, ...path),
      "set snapshotMoveData or defaultVolumesToFsBackup to true",
    );
  }
  const name = ownString(spec, "storageLocation") ?? "default";
  const location = cluster.get(STORAGE_LOCATION, subject.namespace, name);
  const url = location === undefined ? undefined : dig(location, "spec", "config", "s3Url");
  for (const finding of endpointFindings(context, url, [...path, "storageLocation"])) {
    yield { ...finding, message: `${finding.message} (BackupStorageLocation ${name})` };
  }
}

function snapshotFinding(location: Location, fix: string): Finding {
  return {
    message: "backups are snapshots only, in the same storage system as the volumes",
    fix,
    location,
    key: "snapshots",
    atMost: "warn",
  };
}
