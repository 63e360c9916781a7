import { parseTime } from "./duration.ts";
import { type ImageUse, imageChanges, imagesOf } from "./image-reference.ts";
import { ownerKey } from "./indexes.ts";
import { type JsonObject, own, ownObject } from "./json.ts";
import type { GroupKind } from "./kinds.ts";
import { annotationOf, metadataOf, nameOf, specOf, statusOf, uidOf } from "./object.ts";
import type { ObjectLookup } from "./object-lookup.ts";
import { controllerOf } from "./owner.ts";
import { retainedDigest, templateDigest } from "./template-digest.ts";

export const REVISION_KINDS: readonly GroupKind[] = ["ReplicaSet.apps", "ControllerRevision.apps"];

/** A pod template that a workload had, kept by its controller for an undo. */
export interface Revision {
  /** As `kubectl rollout history` counts. */
  readonly number: number;
  /** As far as it is retained here: a cache keeps the images only. */
  readonly template: JsonObject;
  /** When its controller first saw it, in milliseconds; an undo takes up the old record. */
  readonly createdAt: number | undefined;
}

const RECORDS: ReadonlyMap<GroupKind, GroupKind> = new Map([
  ["Deployment.apps", "ReplicaSet.apps"],
  ["StatefulSet.apps", "ControllerRevision.apps"],
  ["DaemonSet.apps", "ControllerRevision.apps"],
]);

/** Every retained revision of a Deployment, StatefulSet or DaemonSet, the one in force too. */
export function* revisionsOf(
  lookup: ObjectLookup,
  kind: GroupKind,
  namespace: string,
  object: JsonObject,
): Iterable<Revision> {
  for (const record of recordsOf(lookup, kind, namespace, object)) {
    const revision = revisionOf(record);
    if (revision !== undefined) yield revision;
  }
}

function revisionOf(record: JsonObject): Revision | undefined {
  const template = retainedTemplate(record);
  const number = numberOf(record);
  if (template === undefined || number === undefined) return undefined;
  return { number, template, createdAt: createdAt(record) };
}

/**
 * The retained revision whose images `object` goes back to; the newest of several. The revision
 * in force does not count, it is where the object comes from.
 */
export function revisionWithImages(
  lookup: ObjectLookup,
  kind: GroupKind,
  namespace: string,
  states: { readonly old: JsonObject; readonly object: JsonObject },
): Revision | undefined {
  const wanted = imagesOf(kind, states.object);
  const current = imagesOf(kind, states.old);
  let found: Revision | undefined;
  for (const revision of revisionsOf(lookup, kind, namespace, states.old)) {
    if (found !== undefined && revision.number <= found.number) continue;
    const images = templateImages(revision.template);
    if (!sameImages(images, current) && sameImages(images, wanted)) found = revision;
  }
  return found;
}

/** The two newest revisions: what runs, or is to run, and what ran before it. */
export function lastRevisions(
  lookup: ObjectLookup,
  kind: GroupKind,
  namespace: string,
  object: JsonObject,
): readonly Revision[] {
  const revisions = [...revisionsOf(lookup, kind, namespace, object)];
  return revisions.sort((left, right) => right.number - left.number).slice(0, 2);
}

/** Images of a retained template by container name. */
export function revisionImages({ template }: Revision): readonly ImageUse[] {
  return templateImages(template);
}

/** The retained revision that is this very template; the controller's own label aside. */
export function revisionWithTemplate(
  lookup: ObjectLookup,
  kind: GroupKind,
  namespace: string,
  states: { readonly old: JsonObject; readonly template: JsonObject },
): Revision | undefined {
  const records = [...recordsOf(lookup, kind, namespace, states.old)];
  const wanted = records.length === 0 ? undefined : templateDigest(states.template);
  if (wanted === undefined) return undefined;
  for (const record of records) {
    const revision = revisionOf(record);
    if (revision !== undefined && retainedDigest(record, revision.template) === wanted) {
      return revision;
    }
  }
  return undefined;
}

/** When the template in force was first rolled out, for kinds whose status does not tell. */
export function rolloutBegin(
  lookup: ObjectLookup,
  kind: GroupKind,
  namespace: string,
  object: JsonObject,
): number | undefined {
  if (RECORDS.get(kind) !== "ControllerRevision.apps") return undefined;
  const named = own(statusOf(object), "updateRevision");
  let newest: JsonObject | undefined;
  for (const record of recordsOf(lookup, kind, namespace, object)) {
    if (nameOf(record) === named) return createdAt(record);
    if ((numberOf(record) ?? 0) > (newest === undefined ? -1 : (numberOf(newest) ?? 0))) {
      newest = record;
    }
  }
  return newest && createdAt(newest);
}

function createdAt(record: JsonObject): number | undefined {
  return parseTime(own(metadataOf(record), "creationTimestamp"));
}

function* recordsOf(
  lookup: ObjectLookup,
  kind: GroupKind,
  namespace: string,
  object: JsonObject,
): Iterable<JsonObject> {
  const recordKind = RECORDS.get(kind);
  if (recordKind === undefined) return;
  const uid = uidOf(object);
  const key = ownerKey(namespace, kind, nameOf(object) ?? "");
  for (const record of lookup.byIndex(recordKind, "owner", key)) {
    const owner = controllerOf(record);
    if (owner === undefined) continue;
    if (uid === undefined || owner.uid === "" || owner.uid === uid) yield record;
  }
}

const REVISION_ANNOTATION = "deployment.kubernetes.io/revision";

function numberOf(record: JsonObject): number | undefined {
  const counted = own(record, "revision");
  const number =
    typeof counted === "number" ? counted : Number(annotationOf(record, REVISION_ANNOTATION));
  return Number.isSafeInteger(number) ? number : undefined;
}

/** spec.template of a ReplicaSet; of a ControllerRevision it is in `data`, as a patch. */
export function retainedTemplate(record: JsonObject): JsonObject | undefined {
  const data = ownObject(record, "data");
  return ownObject(data === undefined ? specOf(record) : specOf(data), "template");
}

/** ReplicaSets have the template at the place where Deployments have theirs. */
function templateImages(template: JsonObject): readonly ImageUse[] {
  return imagesOf("ReplicaSet.apps", { spec: { template } });
}

function sameImages(left: readonly ImageUse[], right: readonly ImageUse[]): boolean {
  return imageChanges(left, right).length === 0;
}
