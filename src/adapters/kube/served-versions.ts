import { asArray, dig, type JsonObject, own, ownArray, ownString } from "../../kubernetes/json.ts";
import type { Connection } from "./api-client.ts";
import type { Collection } from "./collection.ts";
import { KubeError, parseObject, transportError } from "./kube-error.ts";

/**
 * Where a collection that answers 404 is really served: at another of its paths, or in a version
 * that we cannot read, or it cannot be told. Undefined when discovery confirms that the cluster has
 * no such resource: a 404 alone may as well come from a proxy that knows no better.
 */
export async function servedElsewhere(
  connection: Connection,
  collection: Collection,
  signal: AbortSignal,
): Promise<Collection | KubeError | undefined> {
  const { path, otherPaths = [], what } = collection;
  const [, root, group = "", version = "", plural = ""] = path.split("/");
  try {
    const served =
      root === "apis"
        ? await versionsServed(connection, group, plural, signal)
        : await coreVersions(connection, path, signal);
    if (served.includes(root === "apis" ? version : CORE)) return contradiction(what, path);
    const places = served.map((other) => `/apis/${group}/${other}/${plural}`);
    const place = places.find((candidate) => otherPaths.includes(candidate));
    if (place !== undefined) return elsewhere(collection, place);
    const [unknown] = served;
    if (unknown === undefined) return undefined;
    const text = `${what} is served as ${unknown}, not as ${version}; upgrade the operator that brings it, or the guard`;
    return new KubeError("other-version", text);
  } catch (error) {
    return transportError(error, connection.server);
  }
}

const CORE = "v1";

function contradiction(what: string, path: string): KubeError {
  const text = `${path} is not found although the API server lists ${what}; check what stands between the guard and the API server`;
  return new KubeError("server-error", text);
}

async function coreVersions(
  connection: Connection,
  path: string,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const place = `/api/${CORE}`;
  const resources = await get(connection, place, signal);
  if (resources === undefined) throw unlisted(place);
  return lists(resources, path.slice(path.lastIndexOf("/") + 1)) ? [CORE] : [];
}

function elsewhere(collection: Collection, path: string): Collection {
  const paths = [collection.path, ...(collection.otherPaths ?? [])];
  return { ...collection, path, otherPaths: paths.filter((other) => other !== path) };
}

async function versionsServed(
  connection: Connection,
  group: string,
  plural: string,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const served = await get(connection, `/apis/${group}`, signal);
  if (served === undefined) await confirmMissing(connection, group, signal);
  const versions: string[] = [];
  for (const entry of ownArray(served, "versions")) {
    const version = dig(entry, "version");
    if (typeof version !== "string") continue;
    const resources = await get(connection, `/apis/${group}/${version}`, signal);
    if (resources !== undefined && lists(resources, plural)) versions.push(version);
  }
  return versions;
}

/** Throws unless the list of all groups is there and lacks this one. */
async function confirmMissing(
  connection: Connection,
  group: string,
  signal: AbortSignal,
): Promise<void> {
  const all = await get(connection, "/apis", signal);
  if (asArray(own(all, "groups")) === undefined) throw unlisted("/apis");
  const isThere = ownArray(all, "groups").some((entry) => dig(entry, "name") === group);
  if (isThere) throw unlisted(`/apis/${group}`);
}

function unlisted(place: string): KubeError {
  const text = `${place} is not found, which an API server always has; check what stands between it and the guard`;
  return new KubeError("server-error", text);
}

function lists(resources: JsonObject, plural: string): boolean {
  return ownArray(resources, "resources").some((item) => dig(item, "name") === plural);
}

async function get(
  connection: Connection,
  path: string,
  signal: AbortSignal,
): Promise<JsonObject | undefined> {
  const answer = await connection.request({ method: "GET", path, signal });
  const body = parseObject(answer.body);
  if (answer.status === 200) return body;
  if (answer.status === 404) return undefined;
  const reason = ownString(body, "message") ?? "no reason given";
  throw new KubeError("server-error", `cannot read ${path}: status ${answer.status}, ${reason}`);
}
