import { jsonEqual } from "../kubernetes/equality.ts";
import { asObject, type JsonObject, own } from "../kubernetes/json.ts";
import { templateKeysOf } from "../kubernetes/workload.ts";
import type { Rule } from "./rule.ts";
import type { Judged } from "./subject.ts";

/** `TP.spec.containers[*].image` up to the first list: the subtree that has to be equal. */
interface ReadPath {
  readonly inTemplate: boolean;
  readonly keys: readonly string[];
}

const compiled = new WeakMap<Rule, readonly ReadPath[]>();

/** Whether everything that a rule declares to read is the same in both objects. */
export function readsAreEqual(rule: Rule, left: Judged, right: Judged): boolean {
  return pathsOf(rule).every((path) => jsonEqual(resolve(path, left), resolve(path, right)));
}

function pathsOf(rule: Rule): readonly ReadPath[] {
  let paths = compiled.get(rule);
  if (paths === undefined) {
    paths = rule.reads.map(parse);
    compiled.set(rule, paths);
  }
  return paths;
}

function parse(path: string): ReadPath {
  const keys = (path.split("[", 1)[0] ?? "").split(".");
  const inTemplate = keys[0] === "TP";
  return { inTemplate, keys: inTemplate ? keys.slice(1) : keys };
}

function resolve(path: ReadPath, object: Judged): unknown {
  let value: unknown = object.raw;
  if (path.inTemplate) value = follow(value, templateKeysOf(object.kind) ?? []);
  return follow(value, path.keys);
}

function follow(start: unknown, keys: readonly string[]): unknown {
  let value = start;
  for (const key of keys) {
    const object: JsonObject | undefined = asObject(value);
    if (object === undefined) return undefined;
    value = own(object, key);
  }
  return value;
}
