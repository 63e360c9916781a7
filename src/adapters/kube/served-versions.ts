import { dig, type JsonObject, ownArray, ownString } from "../../kubernetes/json.ts";
import type { Connection } from "./api-client.ts";
import type { Collection } from "./collection.ts";
import { KubeError, parseObject, transportError } from "./kube-error.ts";

/**
 * Why a collection that answers 404 is not simply absent: its group serves the resource in another
 * version, or cannot be asked. Undefined when the cluster really has no such resource.
 */
export async function servedElsewhere(
  connection: Connection,
  collection: Collection,
  signal: AbortSignal,
): Promise<KubeError | undefined> {
  const [, root, group, version, plural] = collection.path.split("/");
  if (root !== "apis" || group === undefined || plural === undefined) return undefined;
  try {
    const served = await get(connection, `/apis/${group}`, signal);
    for (const entry of ownArray(served, "versions")) {
      const other = dig(entry, "version");
      if (typeof other !== "string" || other === version) continue;
      const resources = await get(connection, `/apis/${group}/${other}`, signal);
      if (ownArray(resources, "resources").some((item) => dig(item, "name") === plural)) {
        const text = `${collection.what} is served as ${other}, not as ${version}; upgrade the operator that brings it, or the guard`;
        return new KubeError("other-version", text);
      }
    }
    return undefined;
  } catch (error) {
    return transportError(error, connection.server);
  }
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
