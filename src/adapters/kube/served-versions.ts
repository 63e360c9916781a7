import type { Collection } from "./collection.ts";
import { KubeError } from "./kube-error.ts";
import type { Resource } from "./served-resources.ts";

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
  if (unknown === undefined) return undefined;
  const text = `${what} is served as ${unknown}, not as ${version}; upgrade the operator that brings it, or the guard`;
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
