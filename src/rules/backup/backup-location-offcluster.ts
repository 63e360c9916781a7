import { z } from "zod";
import { cap } from "../../engine/modes.ts";
import { defineRule, type Finding, type RuleContext } from "../../engine/rule.ts";
import { hostOf, isAddress, isClusterName, serviceName } from "../../kubernetes/backup-endpoint.ts";
import { OBJECT_STORE, objectStoresOf } from "../../kubernetes/backup-record.ts";
import { VELERO_SCHEDULE } from "../../kubernetes/backup-schedule.ts";
import { CNPG_CLUSTER } from "../../kubernetes/backup-unit.ts";
import { backupSpecOf, isSnapshotOnly, VELERO_BACKUP } from "../../kubernetes/backup-velero.ts";
import { dig, type JsonObject, ownArray, ownObject, ownString } from "../../kubernetes/json.ts";
import { field, type Location, ROOT } from "../../kubernetes/location.ts";
import { specOf } from "../../kubernetes/object.ts";
import { dataLayers } from "./backup-params.ts";
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
    "warns outside of the data layers, and about snapshots that stay beside their volumes; reports Velero's backups of a Schedule, which is judged itself",
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
      return endpointFindings(context, dig(raw, "spec", "config", "s3Url"), [
        "spec",
        "config",
        "s3Url",
      ]);
    default:
      return veleroFindings(context);
  }
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

function* endpointFindings(
  { cluster, params }: Context,
  url: unknown,
  path: readonly string[],
): Iterable<Finding> {
  const host = typeof url === "string" ? hostOf(url) : undefined;
  if (host === undefined) return;
  const isInside =
    isClusterName(host, params.clusterDomain) ||
    isKnownService(cluster, host) ||
    isClusterAddress(cluster, host);
  if (!isInside) return;
  yield {
    message: `endpoint ${host} is inside this cluster`,
    fix: "keep backups in an object store outside of the cluster",
    location: field(ROOT, ...path),
    key: `inside:${host}`,
  };
}

function isKnownService(cluster: Context["cluster"], host: string): boolean {
  const service = isAddress(host) ? undefined : serviceName(host);
  return (
    service !== undefined && cluster.get("Service", service.namespace, service.name) !== undefined
  );
}

/** Hardly anybody writes an address, so the Services are walked for it. */
function isClusterAddress(cluster: Context["cluster"], host: string): boolean {
  if (!isAddress(host)) return false;
  for (const service of cluster.list("Service")) {
    const spec = specOf(service);
    if (ownString(spec, "clusterIP") === host || ownArray(spec, "clusterIPs").includes(host)) {
      return true;
    }
  }
  return false;
}

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
