import {
  asArray,
  asObject,
  type JsonObject,
  own,
  ownObject,
  ownString,
} from "../kubernetes/json.ts";
import type { Path } from "./problem.ts";

/** What `extends: none` starts from: no layers, no components, every rule as it comes. */
const BARE: JsonObject = {
  spec: {
    profile: "production",
    layers: [],
    components: [],
    defaults: { resources: { requests: {}, limits: {} }, labels: {} },
    rules: {},
    overrides: [],
    unlayered: "audit",
    trustedControllers: [],
    excludedNamespaces: [],
  },
};

/** The effective document: `over` laid over `base`. Tolerates any shape, so that all of it can be judged. */
export function mergePolicy(base: JsonObject, over: JsonObject): JsonObject {
  const start = startsFromNothing(over) ? {} : base;
  const merged = mergeMaps(mergeMaps(BARE, start, []), over, []);
  const { extends: _top, ...document } = merged;
  const spec = ownObject(document, "spec");
  if (spec === undefined) return document;
  const { extends: _inner, ...rest } = spec;
  const platform = own(rest, "platform") ?? ownString(ownObject(document, "metadata"), "name");
  return { ...document, spec: platform === undefined ? rest : { ...rest, platform } };
}

/** `extends` is a field of spec; at the top of the document it is understood too. */
export function startsFromNothing(document: JsonObject): boolean {
  const extended = own(ownObject(document, "spec"), "extends") ?? own(document, "extends");
  return extended === "none";
}

function mergeValue(base: unknown, over: unknown, path: Path): unknown {
  const left = asObject(base);
  const right = asObject(over);
  if (left !== undefined && right !== undefined) return mergeMaps(left, right, path);
  const items = asArray(over);
  const isComponents = path.length === 2 && path[0] === "spec" && path[1] === "components";
  if (isComponents && items !== undefined) return mergeByName(asArray(base) ?? [], items, path);
  return over;
}

function mergeMaps(base: JsonObject, over: JsonObject, path: Path): JsonObject {
  const result: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(over)) {
    result[key] = mergeValue(own(base, key), value, [...path, key]);
  }
  return result;
}

function mergeByName(base: readonly unknown[], over: readonly unknown[], path: Path): unknown[] {
  const result = [...base];
  for (const item of over) {
    const name = own(asObject(item), "name");
    const index = result.findIndex((other) => own(asObject(other), "name") === name);
    if (index < 0) result.push(item);
    else result[index] = mergeValue(result[index], item, [...path, index]);
  }
  return result;
}
