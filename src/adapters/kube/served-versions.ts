import { type KindInfo, versionsOf } from "../../kubernetes/kinds.ts";
import type { Collection } from "./collection.ts";
import { KubeError } from "./kube-error.ts";
import type { Resource, ServedResources } from "./served-resources.ts";

/**
 * The version of a kind to read, undefined where the cluster has no such kind, by one look at what
 * is served. Throws KubeError: `other-version` where it is served only in versions that we cannot
 * read.
 */
export async function versionToRead(
  served: ServedResources,
  kind: KindInfo,
  signal: AbortSignal,
): Promise<string | undefined> {
  const versions = await served.versionsOf(kind, Number.POSITIVE_INFINITY, signal);
  const version = versionsOf(kind).find((one) => versions.includes(one));
  const [unknown] = versions;
  if (version !== undefined || unknown === undefined) return version;
  throw otherVersion(`${kind.plural}.${kind.group}`, unknown, kind.version);
}

/** The resource that a collection is of, in whichever version and namespace. */
export function resourceOf({ path }: Collection): Resource {
  const [, root, group = ""] = path.split("/");
  return { group: root === "apis" ? group : "", plural: path.slice(path.lastIndexOf("/") + 1) };
}

/**
 * Where a collection that answers 404 is really served, by the versions of its resource: at another
 * of its paths, or in a version that we cannot read. Undefined when there is no such resource: a 404
 * alone may as well come from a proxy that knows no better.
 */
export function servedElsewhere(
  collection: Collection,
  served: readonly string[],
): Collection | KubeError | undefined {
  const { path, otherPaths = [], what } = collection;
  const [, root, group = "", version = ""] = path.split("/");
  const { plural } = resourceOf(collection);
  if (served.includes(root === "apis" ? version : group)) return contradiction(what, path);
  const places = served.map((other) => `/apis/${group}/${other}/${plural}`);
  const place = places.find((candidate) => otherPaths.includes(candidate));
  if (place !== undefined) return elsewhere(collection, place);
  const [unknown] = served;
  return unknown === undefined ? undefined : otherVersion(what, unknown, version);
}

function otherVersion(what: string, served: string, version: string): KubeError {
  const text = `${what} is served as ${served}, not as ${version}; upgrade the operator that brings it, or the guard`;
  return new KubeError("other-version", text);
}

function contradiction(what: string, path: string): KubeError {
  const text = `${path} is not found although the API server lists ${what}; check what stands between the guard and the API server`;
  return new KubeError("server-error", text);
}

function elsewhere(collection: Collection, path: string): Collection {
  const paths = [collection.path, ...(collection.otherPaths ?? [])];
  return { ...collection, path, otherPaths: paths.filter((other) => other !== path) };
}
