import {
  asObject,
  dig,
  type JsonObject,
  ownArray,
  ownObject,
} from "../../../src/kubernetes/json.ts";

/** JSON merge patch (RFC 7396). */
export function mergePatch(target: JsonObject, patch: JsonObject): JsonObject {
  const result: Record<string, unknown> = { ...target };
  for (const [key, value] of Object.entries(patch)) {
    const child = asObject(value);
    if (value === null) delete result[key];
    else if (child === undefined) result[key] = value;
    else result[key] = mergePatch(ownObject(target, key) ?? {}, child);
  }
  return result;
}

/** Server-side apply, as far as `webhooks` of a webhook configuration goes. */
export function mergeApplied(live: JsonObject, applied: JsonObject, manager: string): JsonObject {
  const metadata = ownObject(live, "metadata") ?? {};
  const records = ownArray(metadata, "managedFields");
  const mine = records.find((record) => dig(record, "manager") === manager);
  const owned = asObject(dig(mine, "fieldsV1", "f:webhooks")) ?? {};
  const wanted = new Map(entriesOf(applied));
  const kept = entriesOf(live).filter(([name]) => wanted.has(name) || !(keyOf(name) in owned));
  const result = new Map(kept);
  for (const [name, entry] of wanted) {
    // The real one fills in more; one default is enough to tell whether a client minds.
    result.set(name, { timeoutSeconds: 10, ...entry });
  }
  const fields = Object.fromEntries(
    [...wanted].map(([name, entry]) => [keyOf(name), { ".": {}, ...fieldsOf(entry) }]),
  );
  const record = { manager, operation: "Apply", fieldsV1: { "f:webhooks": fields } };
  return {
    ...live,
    metadata: {
      ...metadata,
      managedFields: [...records.filter((other) => other !== mine), record],
    },
    webhooks: [...result.values()],
  };
}

function entriesOf(configuration: JsonObject): [string, JsonObject][] {
  return ownArray(configuration, "webhooks").map((entry) => [
    String(dig(entry, "name")),
    asObject(entry) ?? {},
  ]);
}

function keyOf(name: string): string {
  return `k:${JSON.stringify({ name })}`;
}

function fieldsOf(entry: JsonObject): JsonObject {
  const atomic = new Set(["rules", "namespaceSelector", "objectSelector"]);
  return Object.fromEntries(
    Object.entries(entry).map(([key, value]) => {
      const child = atomic.has(key) ? undefined : asObject(value);
      return [`f:${key}`, child === undefined ? {} : fieldsOf(child)];
    }),
  );
}
