import assert from "node:assert/strict";
import { test } from "node:test";
import { StaticView } from "../../src/engine/static-view.ts";
import { newestBackup } from "../../src/kubernetes/backup-record.ts";
import { type BackupUnit, backupUnitsOf } from "../../src/kubernetes/backup-unit.ts";
import { holdsUnit, includesNamespace } from "../../src/kubernetes/backup-velero.ts";
import type { JsonObject } from "../../src/kubernetes/json.ts";
import { rawObject } from "../support/builders.ts";

const NOW = Date.parse("2026-11-23T00:00:00Z");

function statefulSet(name: string, podAnnotations: object = {}): JsonObject {
  return rawObject("apps/v1", "StatefulSet", name, {
    namespace: "data",
    spec: {
      selector: { matchLabels: { app: name } },
      volumeClaimTemplates: [{ metadata: { name: "data", labels: { tier: "gold" } } }],
      template: {
        metadata: { labels: { app: name, role: "db" }, annotations: podAnnotations },
        spec: { containers: [{ name }] },
      },
    },
  });
}

function onlyUnit(...objects: JsonObject[]): BackupUnit {
  const [unit, ...others] = backupUnitsOf(new StaticView(objects), "data");
  assert.ok(unit !== undefined && others.length === 0);
  return unit;
}

test("units are Clusters, StatefulSets with claims, and mounted claims of neither", () => {
  const claim = (name: string, metadata: object = {}) =>
    rawObject("v1", "PersistentVolumeClaim", name, { namespace: "data", metadata });
  const owner = {
    apiVersion: "postgresql.cnpg.io/v1",
    kind: "Cluster",
    name: "pg",
    uid: "u",
    controller: true,
  };
  const pod = (volume: string) =>
    rawObject("v1", "Pod", `p-${volume}`, {
      namespace: "data",
      spec: { volumes: [{ name: "v", persistentVolumeClaim: { claimName: volume } }] },
    });
  const view = new StaticView([
    rawObject("postgresql.cnpg.io/v1", "Cluster", "pg", { namespace: "data" }),
    claim("pg-1", { ownerReferences: [owner] }),
    pod("pg-1"),
    statefulSet("redis"),
    claim("data-redis-0"),
    pod("data-redis-0"),
    claim("data-redis-old"),
    pod("data-redis-old"),
    claim("unused"),
    rawObject("apps/v1", "StatefulSet", "stateless", { namespace: "data", spec: {} }),
  ]);
  assert.deepEqual(
    [...backupUnitsOf(view, "data")].map(({ kind, name }) => `${kind} ${name}`),
    [
      "Cluster.postgresql.cnpg.io pg",
      "StatefulSet.apps redis",
      "PersistentVolumeClaim data-redis-old",
    ],
  );
});

test("a Velero backup includes a namespace by name, by pattern or by leaving the list out", () => {
  for (const spec of [
    {},
    { includedNamespaces: ["*"] },
    { includedNamespaces: ["data"] },
    { includedNamespaces: ["da*"] },
  ]) {
    assert.equal(includesNamespace(spec, "data"), true, JSON.stringify(spec));
    assert.equal(includesNamespace({ ...spec, excludedNamespaces: ["data"] }, "data"), false);
  }
  assert.equal(includesNamespace({ includedNamespaces: ["other"] }, "data"), false);
  assert.equal(includesNamespace({ includedNamespaces: ["data*data"] }, "data"), false);
});

test("a Velero backup holds a unit only with its volumes, its labels and a way to read the data", () => {
  const unit = onlyUnit(statefulSet("redis"));
  const held: JsonObject[] = [
    {},
    { includedResources: ["persistentvolumeclaims", "persistentvolumes"] },
    { includedResources: ["pvc", "pv"] },
    { labelSelector: { matchLabels: { tier: "gold" } } },
    { labelSelector: { matchLabels: { role: "db" } } },
    { orLabelSelectors: [{ matchLabels: { app: "x" } }, { matchLabels: { app: "redis" } }] },
    { snapshotVolumes: false, defaultVolumesToFsBackup: true },
    { includedNamespaceScopedResources: ["*"] },
  ];
  const missed: JsonObject[] = [
    { includedResources: ["deployments"] },
    { includedResources: ["pvc"] },
    { excludedResources: ["persistentvolumes"] },
    { excludedNamespaceScopedResources: ["persistentvolumeclaims"] },
    { excludedClusterScopedResources: ["*"] },
    { includeClusterResources: false },
    { labelSelector: { matchLabels: { app: "web" } } },
    { snapshotVolumes: false },
  ];
  for (const spec of held) assert.equal(holdsUnit(spec, unit), true, JSON.stringify(spec));
  for (const spec of missed) assert.equal(holdsUnit(spec, unit), false, JSON.stringify(spec));
});

test("the file system backup takes what the Pod names, or all but what it names", () => {
  const spec = { snapshotVolumes: false };
  const named = onlyUnit(statefulSet("a", { "backup.velero.io/backup-volumes": "tmp, data" }));
  const left = onlyUnit(statefulSet("b", { "backup.velero.io/backup-volumes-excludes": "data" }));
  assert.equal(holdsUnit(spec, named), true);
  assert.equal(holdsUnit({ ...spec, defaultVolumesToFsBackup: true }, left), false);
});

test("the newest of several completed backups counts, an expired one does not", () => {
  const backup = (name: string, hours: number, spec: object = {}, status: object = {}) =>
    rawObject("velero.io/v1", "Backup", name, {
      namespace: "velero",
      spec,
      status: {
        phase: "Completed",
        completionTimestamp: new Date(NOW - hours * 3_600_000).toISOString(),
        ...status,
      },
    });
  const unit = onlyUnit(statefulSet("redis"));
  const newest = (...objects: JsonObject[]) =>
    newestBackup(new StaticView(objects), unit, { now: NOW, latest: NOW })?.source;
  assert.equal(newest(backup("a", 30), backup("b", 3), backup("c", 20)), "Backup b");
  assert.equal(newest(backup("a", 3, { ttl: "2h" }), backup("b", 5)), "Backup b");
  assert.equal(newest(backup("a", 3, {}, { expiration: "2026-11-22T23:59:59Z" })), undefined);
  assert.equal(newest(backup("a", 3, { ttl: "0s" })), "Backup a");
  assert.equal(newest(backup("a", 721)), undefined);
  assert.equal(newest(backup("a", -1)), undefined);
});
