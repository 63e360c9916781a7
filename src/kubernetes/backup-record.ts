import { type BackupUnit, CNPG_CLUSTER, claimTemplateNames } from "./backup-unit.ts";
import { holdsUnit, VELERO_BACKUP } from "./backup-velero.ts";
import { parseGoDuration, parseTime } from "./duration.ts";
import { nameKey } from "./indexes.ts";
import { asObject, dig, type JsonObject, own, ownArray, ownObject, ownString } from "./json.ts";
import type { GroupKind } from "./kinds.ts";
import { labelOf, nameOf, specOf, statusOf } from "./object.ts";
import type { ObjectLookup } from "./object-lookup.ts";

export const CNPG_BACKUP: GroupKind = "Backup.postgresql.cnpg.io";
export const OBJECT_STORE: GroupKind = "ObjectStore.barmancloud.cnpg.io";
export const VOLUME_SNAPSHOT: GroupKind = "VolumeSnapshot.snapshot.storage.k8s.io";

/** The CNPG-I plugin that keeps backups in an ObjectStore. */
const BARMAN_PLUGIN = "barman-cloud.cloudnative-pg.io";

/** Velero's server default for spec.ttl. */
const VELERO_TTL = "720h";

/** A backup of a unit that is done and can be restored. */
export interface BackupRecord {
  /** `Backup pg-main-1`, for people. */
  readonly source: string;
  /** Milliseconds since the epoch. */
  readonly endedAt: number;
}

/**
 * The newest completed backup that holds the unit. Only what says so itself counts: running,
 * partial and failed ones do not, nor those that are stamped later than `latest`.
 */
export function newestBackup(
  lookup: ObjectLookup,
  unit: BackupUnit,
  times: { readonly now: number; readonly latest: number },
  velero: readonly VeleroRecord[] = veleroRecords(lookup),
): BackupRecord | undefined {
  const { now, latest } = times;
  let newest = velero.find(
    (record) => record.endedAt <= latest && record.expiresAt > now && holdsUnit(record.spec, unit),
  ) as BackupRecord | undefined;
  for (const record of recordsOf(lookup, unit)) {
    if (record.endedAt > latest) continue;
    if (newest === undefined || record.endedAt > newest.endedAt) newest = record;
  }
  return newest;
}

function* recordsOf(lookup: ObjectLookup, unit: BackupUnit): Iterable<BackupRecord> {
  if (unit.kind === CNPG_CLUSTER) {
    yield* cnpgRecords(lookup, unit);
    yield* objectStoreRecords(lookup, unit);
  } else {
    yield* snapshotRecords(lookup, unit);
  }
}

function* cnpgRecords(lookup: ObjectLookup, unit: BackupUnit): Iterable<BackupRecord> {
  for (const backup of lookup.byIndex(CNPG_BACKUP, "cluster", nameKey(unit.namespace, unit.name))) {
    const status = statusOf(backup);
    if (own(status, "phase") !== "completed") continue;
    yield* recordOf(`Backup ${nameOf(backup)}`, own(status, "stoppedAt"));
  }
}

/** status.serverRecoveryWindow[server].lastSuccessfulBackupTime of the store that the Cluster names. */
function* objectStoreRecords(lookup: ObjectLookup, unit: BackupUnit): Iterable<BackupRecord> {
  for (const { store, server } of objectStoresOf(unit.object)) {
    const object = lookup.get(OBJECT_STORE, unit.namespace, store);
    const windows = ownObject(object && statusOf(object), "serverRecoveryWindow");
    const last = own(ownObject(windows, server ?? unit.name), "lastSuccessfulBackupTime");
    yield* recordOf(`ObjectStore ${store}`, last);
  }
}

export interface ObjectStoreUse {
  readonly store: string;
  /** Name that the backups have in the store; undefined: the Cluster's own. */
  readonly server: string | undefined;
  /** Index in spec.plugins. */
  readonly index: number;
}

/** ObjectStores that a CNPG Cluster keeps its backups in, through the Barman Cloud plugin. */
export function objectStoresOf(cluster: JsonObject): ObjectStoreUse[] {
  return ownArray(specOf(cluster), "plugins").flatMap((entry, index): ObjectStoreUse[] => {
    const plugin = asObject(entry);
    if (ownString(plugin, "name") !== BARMAN_PLUGIN || own(plugin, "enabled") === false) return [];
    const parameters = ownObject(plugin, "parameters");
    const store = ownString(parameters, "barmanObjectName");
    return store === undefined
      ? []
      : [{ store, server: ownString(parameters, "serverName"), index }];
  });
}

/** A Velero Backup that is complete; what it holds depends on the unit. */
export interface VeleroRecord extends BackupRecord {
  readonly spec: JsonObject;
  readonly expiresAt: number;
}

/** Newest first. They hold whole namespaces: read them once for all units. */
export function veleroRecords(lookup: ObjectLookup): readonly VeleroRecord[] {
  const records: VeleroRecord[] = [];
  for (const backup of lookup.list(VELERO_BACKUP)) {
    const status = statusOf(backup);
    if (own(status, "phase") !== "Completed") continue;
    const completed = own(status, "completionTimestamp");
    for (const record of recordOf(`Backup ${nameOf(backup)}`, completed)) {
      const expiresAt = expiryOf(backup, record.endedAt);
      records.push({ ...record, spec: specOf(backup) ?? {}, expiresAt });
    }
  }
  return records.sort((left, right) => right.endedAt - left.endedAt);
}

function expiryOf(backup: JsonObject, endedAt: number): number {
  const stated = parseTime(dig(backup, "status", "expiration"));
  if (stated !== undefined) return stated;
  const ttl = parseGoDuration(ownString(specOf(backup), "ttl") ?? VELERO_TTL) ?? 0;
  return endedAt + (ttl > 0 ? ttl : (parseGoDuration(VELERO_TTL) ?? 0));
}

/** As old as the newest snapshot of the claim that has been waiting longest: all have to be there. */
function* snapshotRecords(lookup: ObjectLookup, unit: BackupUnit): Iterable<BackupRecord> {
  let oldest: BackupRecord | undefined;
  for (const claim of claimsOf(unit)) {
    const newest = newestSnapshot(lookup, unit.namespace, claim);
    if (newest === undefined) return;
    if (oldest === undefined || newest.endedAt < oldest.endedAt) oldest = newest;
  }
  if (oldest !== undefined) yield oldest;
}

function newestSnapshot(
  lookup: ObjectLookup,
  namespace: string,
  claim: string,
): BackupRecord | undefined {
  let newest: BackupRecord | undefined;
  const key = nameKey(namespace, claim);
  for (const snapshot of lookup.byIndex(VOLUME_SNAPSHOT, "snapshot-source", key)) {
    const status = statusOf(snapshot);
    if (own(status, "readyToUse") !== true) continue;
    const source = `VolumeSnapshot ${nameOf(snapshot)}`;
    for (const record of recordOf(source, own(status, "creationTime"))) {
      if (newest === undefined || record.endedAt > newest.endedAt) newest = record;
    }
  }
  return newest;
}

/** The claims that a unit has now: `<template>-<StatefulSet>-<ordinal>`, or the claim itself. */
function claimsOf({ kind, name, object }: BackupUnit): string[] {
  if (kind !== "StatefulSet.apps") return [name];
  const spec = specOf(object);
  const start = countOf(dig(spec, "ordinals", "start"), 0);
  const replicas = Math.max(1, countOf(own(spec, "replicas"), 1));
  return claimTemplateNames(object).flatMap((template) =>
    Array.from(
      { length: Math.min(replicas, MAX_REPLICAS) },
      (_, index) => `${template}-${name}-${start + index}`,
    ),
  );
}

/** More than anybody runs; keeps a forged number from filling the memory. */
const MAX_REPLICAS = 1_000;

function countOf(value: unknown, absent: number): number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : absent;
}

function* recordOf(source: string, time: unknown): Iterable<BackupRecord> {
  const endedAt = parseTime(time);
  if (endedAt !== undefined) yield { source, endedAt };
}

/** The last success of a CronJob that is labelled as the backup of the unit. */
export function newestJobBackup(
  lookup: ObjectLookup,
  { namespace, name }: BackupUnit,
  latest: number,
  label: string,
): BackupRecord | undefined {
  let newest: BackupRecord | undefined;
  for (const job of lookup.list("CronJob.batch", namespace)) {
    if (labelOf(job, label) !== name) continue;
    const ended = own(statusOf(job), "lastSuccessfulTime");
    for (const record of recordOf(`CronJob ${nameOf(job)}`, ended)) {
      if (record.endedAt > latest) continue;
      if (newest === undefined || record.endedAt > newest.endedAt) newest = record;
    }
  }
  return newest;
}
