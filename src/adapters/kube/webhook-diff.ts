import { isDeepStrictEqual } from "node:util";
import {
  asArray,
  asObject,
  dig,
  type JsonObject,
  own,
  ownArray,
  ownObject,
  ownString,
} from "../../kubernetes/json.ts";

/** One element of `webhooks:`; `name` and a non-empty `clientConfig.caBundle` are required. */
export type WebhookEntry = JsonObject;

/** Selectors have no defaults inside, and an additional term would change what they select. */
const exactKeys = new Set(["namespaceSelector", "objectSelector"]);

/**
 * The first difference between what we want and what is there, as a path; undefined when there is
 * none. What the API server or others added beside our fields is no difference.
 */
export function firstDifference(
  desired: readonly WebhookEntry[],
  live: JsonObject,
  manager: string,
): string | undefined {
  const entries = new Map(
    ownArray(live, "webhooks").map((entry) => [dig(entry, "name"), asObject(entry)]),
  );
  const owned = ownedEntries(live, manager);
  for (const entry of desired) {
    const name = ownString(entry, "name") ?? "";
    const path = `webhooks[${name}]`;
    const found = entries.get(name);
    if (found === undefined) return path;
    const difference =
      valueDifference(entry, found, path) ?? ownershipDifference(entry, owned.get(name), path);
    if (difference !== undefined) return difference;
    owned.delete(name);
  }
  const [surplus] = owned.keys();
  return surplus === undefined ? undefined : `webhooks[${surplus}]`;
}

function valueDifference(want: unknown, have: unknown, path: string): string | undefined {
  const wantObject = asObject(want);
  const haveObject = asObject(have);
  if (wantObject !== undefined && haveObject !== undefined) {
    for (const [key, value] of Object.entries(wantObject)) {
      const at = `${path}.${key}`;
      const there = own(haveObject, key);
      const difference = exactKeys.has(key)
        ? exactDifference(value, there, at)
        : valueDifference(value, there, at);
      if (difference !== undefined) return difference;
    }
    return undefined;
  }
  const wantList = asArray(want);
  const haveList = asArray(have);
  if (wantList !== undefined && haveList !== undefined) {
    if (wantList.length !== haveList.length) return path;
    for (const [index, value] of wantList.entries()) {
      const difference = valueDifference(value, haveList[index], `${path}[${index}]`);
      if (difference !== undefined) return difference;
    }
    return undefined;
  }
  return Object.is(want, have) || isEmpty(want, have) ? undefined : path;
}

function exactDifference(want: unknown, have: unknown, path: string): string | undefined {
  return isDeepStrictEqual(want, have) || isEmpty(want, have) ? undefined : path;
}

/** Empty lists and maps are not stored. */
function isEmpty(want: unknown, have: unknown): boolean {
  const empty =
    asArray(want)?.length === 0 ||
    (asObject(want) !== undefined && Object.keys(asObject(want) ?? {}).length === 0);
  return empty && (have === undefined || have === null);
}

/**
 * A field that we own but no longer want has to be given up, and one that we want but do not own
 * was written by somebody else and is ours to take back.
 */
function ownershipDifference(
  entry: WebhookEntry,
  owned: JsonObject | undefined,
  path: string,
): string | undefined {
  if (owned === undefined) return path;
  const fields = new Set(Object.keys(owned).filter((key) => key.startsWith("f:")));
  for (const key of Object.keys(entry)) {
    if (!fields.delete(`f:${key}`) && !isEmpty(own(entry, key), undefined)) return `${path}.${key}`;
  }
  const [surplus] = fields;
  if (surplus !== undefined) return `${path}.${surplus.slice(2)}`;
  const client = ownObject(owned, "f:clientConfig") ?? {};
  const unwanted = Object.keys(client).find(
    (key) =>
      key.startsWith("f:") && own(ownObject(entry, "clientConfig"), key.slice(2)) === undefined,
  );
  return unwanted === undefined ? undefined : `${path}.clientConfig.${unwanted.slice(2)}`;
}

/** The fields of each entry that server-side apply recorded for the manager, by entry name. */
function ownedEntries(live: JsonObject, manager: string): Map<string, JsonObject> {
  const result = new Map<string, JsonObject>();
  for (const record of ownArray(ownObject(live, "metadata"), "managedFields")) {
    if (dig(record, "manager") !== manager || dig(record, "operation") !== "Apply") continue;
    const webhooks = asObject(dig(record, "fieldsV1", "f:webhooks")) ?? {};
    for (const [key, fields] of Object.entries(webhooks)) {
      const name = key.startsWith("k:") ? dig(parseKey(key.slice(2)), "name") : undefined;
      if (typeof name === "string") result.set(name, asObject(fields) ?? {});
    }
  }
  return result;
}

function parseKey(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
