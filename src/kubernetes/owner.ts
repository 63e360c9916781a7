import { asArray, asObject, type JsonObject, own, ownString } from "./json.ts";
import { type GroupKind, groupKindOf } from "./kinds.ts";
import { metadataOf, uidOf } from "./object.ts";

/** The one owner reference with `controller: true`. Anybody may write it: never a reason to trust. */
export interface ControllerReference {
  readonly kind: GroupKind;
  readonly name: string;
  readonly uid: string;
}

/** Looks an object up by kind and name in one namespace. */
export type OwnerLookup = (kind: GroupKind, name: string) => JsonObject | undefined;

export interface Owner {
  readonly kind: GroupKind;
  readonly object: JsonObject;
}

/** Real chains have two links (Pod, Job, CronJob); more than this is a forged loop. */
const MAX_LINKS = 8;

export function controllerOf(object: JsonObject): ControllerReference | undefined {
  for (const entry of asArray(own(metadataOf(object), "ownerReferences")) ?? []) {
    const reference = asObject(entry);
    if (own(reference, "controller") !== true) continue;
    const apiVersion = ownString(reference, "apiVersion");
    const kind = ownString(reference, "kind");
    const name = ownString(reference, "name");
    if (apiVersion === undefined || kind === undefined || name === undefined) continue;
    return { kind: groupKindOf(apiVersion, kind), name, uid: ownString(reference, "uid") ?? "" };
  }
  return undefined;
}

/**
 * Follows controller references upwards as far as the owners are known: Pod, ReplicaSet,
 * Deployment. undefined when nothing known owns the object, which is then judged by itself.
 */
export function topOwnerOf(object: JsonObject, lookup: OwnerLookup): Owner | undefined {
  let top: Owner | undefined;
  let at = object;
  for (let link = 0; link < MAX_LINKS; link++) {
    const owner = knownOwner(at, lookup);
    if (owner === undefined) return top;
    top = owner;
    at = owner.object;
  }
  return undefined;
}

/** A namesake with another uid is not the owner: it was deleted and made anew. */
function knownOwner(object: JsonObject, lookup: OwnerLookup): Owner | undefined {
  const reference = controllerOf(object);
  if (reference === undefined) return undefined;
  const owner = lookup(reference.kind, reference.name);
  if (owner === undefined) return undefined;
  const uid = uidOf(owner);
  if (uid !== undefined && reference.uid !== "" && uid !== reference.uid) return undefined;
  return { kind: reference.kind, object: owner };
}
