import {
  asObject,
  dig,
  type JsonObject,
  ownArray,
  ownObject,
  ownString,
} from "../../kubernetes/json.ts";
import { type KindInfo, versionsOf } from "../../kubernetes/kinds.ts";
import type { ApiRequest, Connection } from "./api-client.ts";
import { answerError, KubeError, parseObject } from "./kube-error.ts";

const PAGE = 500;
const LIST_TIMEOUT_MS = 60_000;

/** What one reflector lists and watches. */
export interface Collection {
  /** `/apis/apps/v1/deployments` */
  readonly path: string;
  /** The same in other versions; at least one is served where the resource exists. */
  readonly otherPaths?: readonly string[];
  /** For messages: `deployments.apps`. */
  readonly what: string;
  readonly fieldSelector?: string;
  /** Asks for metadata only, a fraction of the bytes. */
  readonly metadataOnly?: boolean;
}

/** All objects of a kind in the cluster. */
export function collectionOf(kind: KindInfo, metadataOnly = false): Collection {
  const { group, plural } = kind;
  const root = group === "" ? "/api" : `/apis/${group}`;
  const [path = "", ...otherPaths] = versionsOf(kind).map(
    (version) => `${root}/${version}/${plural}`,
  );
  return { path, otherPaths, what: group === "" ? plural : `${plural}.${group}`, metadataOnly };
}

/** One named object; the field selector is what makes RBAC by resourceNames apply. */
export function singleObject(path: string, what: string, name: string): Collection {
  return { path, what, fieldSelector: `metadata.name=${name}` };
}

/** The list or watch call for a collection. */
export function collectionRequest(
  collection: Collection,
  query: Readonly<Record<string, string | number | boolean>>,
  shape: "List" | "",
): ApiRequest {
  const { path, fieldSelector, metadataOnly } = collection;
  const accept = `application/json;as=PartialObjectMetadata${shape};g=meta.k8s.io;v=v1,application/json`;
  return {
    method: "GET",
    path,
    query: { ...query, ...(fieldSelector === undefined ? {} : { fieldSelector }) },
    ...(metadataOnly === true ? { headers: { accept } } : {}),
  };
}

export interface Page {
  readonly items: readonly JsonObject[];
  readonly resourceVersion: string;
  readonly bytes: number;
}

/**
 * Lists a collection page by page, each in a loop turn of its own. Without a resourceVersion: since
 * 1.34 the API server answers that from memory as well, and with `resourceVersion=0` it ignores the
 * limit, so that 20,000 Pods came as one answer.
 */
export async function* listPages(
  connection: Connection,
  collection: Collection,
  signal: AbortSignal,
): AsyncGenerator<Page> {
  let next = "";
  do {
    const query = {
      limit: PAGE,
      ...(next === "" ? {} : { continue: next }),
    };
    const request = collectionRequest(collection, query, "List");
    const answer = await connection.request({ ...request, signal, timeoutMs: LIST_TIMEOUT_MS });
    if (answer.status !== 200) throw answerError(answer, "list", collection.what);
    const list = parseObject(answer.body);
    const metadata = ownObject(list, "metadata");
    const resourceVersion = ownString(metadata, "resourceVersion");
    if (list === undefined || resourceVersion === undefined) {
      throw new KubeError("garbled", `cannot list ${collection.what}: the answer is not a list`);
    }
    const items = ownArray(list, "items")
      .map(asObject)
      .filter((item) => item !== undefined);
    yield { items, resourceVersion, bytes: answer.bytes };
    next = ownString(metadata, "continue") ?? "";
  } while (next !== "");
}

export type WatchEvent =
  | { readonly type: "set" | "delete"; readonly object: JsonObject; readonly version: string }
  | { readonly type: "bookmark"; readonly version: string }
  | { readonly type: "error"; readonly status: JsonObject | undefined };

/** One line of a watch; undefined when it is not an event. */
export function parseWatchLine(line: string): WatchEvent | undefined {
  const event = parseObject(line);
  const object = ownObject(event, "object");
  const type = ownString(event, "type");
  if (type === "ERROR") return { type: "error", status: object };
  const version = dig(object, "metadata", "resourceVersion");
  if (object === undefined || typeof version !== "string") return undefined;
  if (type === "BOOKMARK") return { type: "bookmark", version };
  if (typeof dig(object, "metadata", "name") !== "string") return undefined;
  if (type === "ADDED" || type === "MODIFIED") return { type: "set", object, version };
  return type === "DELETED" ? { type: "delete", object, version } : undefined;
}
