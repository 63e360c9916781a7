import type { BackupUnit, UnitVolume, VolumeMount } from "./backup-unit.ts";
import {
  asObject,
  asString,
  type JsonObject,
  own,
  ownArray,
  ownObject,
  ownString,
} from "./json.ts";
import type { GroupKind } from "./kinds.ts";
import { labelOf, specOf } from "./object.ts";
import { selects } from "./selector.ts";

export const VELERO_BACKUP: GroupKind = "Backup.velero.io";

/** spec of a Velero Backup, which is spec.template of a Schedule. */
export function backupSpecOf(kind: GroupKind, object: JsonObject): JsonObject {
  const spec = specOf(object);
  return (kind === VELERO_BACKUP ? spec : ownObject(spec, "template")) ?? {};
}

/**
 * Whether a namespace is in a backup: included, with no list or `*` meaning all, and not excluded.
 * Velero takes `*` inside of names since 1.18.
 */
export function includesNamespace(spec: JsonObject, namespace: string): boolean {
  return isIncluded(spec, "includedNamespaces", "excludedNamespaces", (name) =>
    globMatches(name, namespace),
  );
}

/** Names in includedNamespaces that are no pattern; undefined when it takes all, or patterns. */
export function namedNamespaces(spec: JsonObject): readonly string[] | undefined {
  const names = stringsOf(spec, "includedNamespaces");
  return names.length === 0 || names.some((name) => name.includes("*")) ? undefined : names;
}

/**
 * Whether a backup holds the data of every volume of the unit: namespace, labels and the kinds of
 * volumes are in it, and something reads the data (a volume snapshot, or the file system backup).
 */
export function holdsUnit(spec: JsonObject, unit: BackupUnit): boolean {
  if (!includesNamespace(spec, unit.namespace) || !includesVolumes(spec)) return false;
  if (isExcludedByLabel(unit.object)) return false;
  return unit.volumes.every((volume) => holdsVolume(spec, volume));
}

/** Snapshots that stay where the volumes are: neither moved nor copied by the file system backup. */
export function isSnapshotOnly(spec: JsonObject): boolean {
  return (
    own(spec, "snapshotVolumes") !== false &&
    own(spec, "snapshotMoveData") !== true &&
    own(spec, "defaultVolumesToFsBackup") !== true
  );
}

const EXCLUDE_LABEL = "velero.io/exclude-from-backup";

function isExcludedByLabel(object: JsonObject): boolean {
  return labelOf(object, EXCLUDE_LABEL) === "true";
}

function holdsVolume(spec: JsonObject, { labels, mounts }: UnitVolume): boolean {
  if (own(labels, EXCLUDE_LABEL) === "true") return false;
  // What a selected Pod mounts comes along, whatever labels it has itself.
  const pods = mounts.filter(({ podLabels }) => selectsLabels(spec, podLabels));
  if (pods.some((mount) => copiesFiles(spec, mount))) return true;
  return own(spec, "snapshotVolumes") !== false && (pods.length > 0 || selectsLabels(spec, labels));
}

const FS_BACKUP = "backup.velero.io/backup-volumes";
const FS_BACKUP_EXCLUDES = "backup.velero.io/backup-volumes-excludes";

/** The file system backup goes through the Pod: by default, or volume by volume as it says. */
function copiesFiles(spec: JsonObject, { volume, podAnnotations }: VolumeMount): boolean {
  const listed = (key: string) =>
    (ownString(podAnnotations, key) ?? "").split(",").some((name) => name.trim() === volume);
  if (own(spec, "defaultVolumesToFsBackup") === true) return !listed(FS_BACKUP_EXCLUDES);
  return listed(FS_BACKUP);
}

function selectsLabels(spec: JsonObject, labels: JsonObject | undefined): boolean {
  const alternatives = ownArray(spec, "orLabelSelectors");
  if (alternatives.length > 0) return alternatives.some((selector) => selects(selector, labels));
  const selector = asObject(own(spec, "labelSelector"));
  return selector === undefined || selects(selector, labels);
}

const CLAIMS = new Set(["persistentvolumeclaims", "persistentvolumeclaim", "pvc"]);
const VOLUMES = new Set(["persistentvolumes", "persistentvolume", "pv"]);

/** Both kinds have to be in, by the old filters (one list) or the new ones (by scope). */
function includesVolumes(spec: JsonObject): boolean {
  if (own(spec, "includeClusterResources") === false) return false;
  const among = (names: ReadonlySet<string>) => (name: string) =>
    name === "*" || names.has(name.toLowerCase().split(".", 1)[0] ?? "");
  const excluded = (key: string, names: ReadonlySet<string>) =>
    stringsOf(spec, key).some(among(names));
  return (
    isIncluded(spec, "includedResources", "excludedResources", among(CLAIMS)) &&
    isIncluded(spec, "includedResources", "excludedResources", among(VOLUMES)) &&
    isIncluded(
      spec,
      "includedNamespaceScopedResources",
      "excludedNamespaceScopedResources",
      among(CLAIMS),
    ) &&
    !excluded("excludedClusterScopedResources", VOLUMES)
  );
}

function isIncluded(
  spec: JsonObject,
  includedKey: string,
  excludedKey: string,
  isMeant: (name: string) => boolean,
): boolean {
  const included = stringsOf(spec, includedKey);
  if (included.length > 0 && !included.some(isMeant)) return false;
  return !stringsOf(spec, excludedKey).some(isMeant);
}

function stringsOf(spec: JsonObject, key: string): string[] {
  return ownArray(spec, key).flatMap((value) => asString(value) ?? []);
}

/** Exact, or with one `*` for any run of characters. */
function globMatches(pattern: string, text: string): boolean {
  const star = pattern.indexOf("*");
  if (star < 0) return pattern === text;
  const tail = pattern.slice(star + 1);
  return (
    text.length >= star + tail.length &&
    text.startsWith(pattern.slice(0, star)) &&
    text.endsWith(tail)
  );
}
