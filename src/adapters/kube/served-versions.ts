import { dig, type JsonObject, ownArray, ownString } from "../../kubernetes/json.ts";
import type { Connection } from "./api-client.ts";
import type { Collection } from "./collection.ts";
import { KubeError, parseObject, transportError } from "./kube-error.ts";

/**
 * Where a collection that answers 404 is really served: at another of its paths, or in a version
 * that we cannot read, or it cannot be asked. Undefined when the cluster has no such resource.
 */
export async function servedElsewhere(
  connection: Connection,
  collection: Collection,
  signal: AbortSignal,
): Promise<Collection | KubeError | undefined> {
  const { path, otherPaths = [], what } = collection;
  const [, root, group, version, plural] = path.split("/");
  if (root !== "apis" || group === undefined || plural === undefined) return undefined;
  try {
    let unknown: string | undefined;
    for (const other of await versionsServed(connection, group, plural, signal)) {
      const place = `/apis/${group}/${other}/${plural}`;
      if (other === version) continue;
      if (otherPaths.includes(place)) return elsewhere(collection, place);
      unknown ??= other;
    }
    if (unknown === undefined) return undefined;
    const text = `${what} is served as ${unknown}, not as ${version}; upgrade the operator that brings it, or the guard`;
    return new KubeError("other-version", text);
  } catch (error) {
    return transportError(error, connection.server);
  }
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
  const versions: string[] = [];
  for (const entry of ownArray(served, "versions")) {
    const version = dig(entry, "version");
    if (typeof version !== "string") continue;
    const resources = await get(connection, `/apis/${group}/${version}`, signal);
    const isThere = ownArray(resources, "resources").some((item) => dig(item, "name") === plural);
    if (isThere) versions.push(version);
  }
  return versions;
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
