import { LAYER_LABEL, PREFIX } from "../engine/platform.ts";
import type { Rule } from "../engine/rule.ts";
import {
  asObject,
  asString,
  type JsonObject,
  own,
  ownArray,
  ownObject,
  ownString,
} from "../kubernetes/json.ts";
import { startsFromNothing } from "./merge-policy.ts";
import type { Path } from "./problem.ts";
import { dropsUnknownKeys, keysAt } from "./schema-keys.ts";
import { schemaMistakes, unknownField } from "./schema-mistakes.ts";
import { didYouMean } from "./suggest.ts";

/** What the checks that no schema can express work on. All of it is still untrusted. */
export interface CheckContext {
  /** What the user wrote; paths of mistakes point into it. */
  readonly user: JsonObject;
  /** The same laid over the embedded document. */
  readonly merged: JsonObject;
  readonly rules: readonly Rule[];
  readonly report: (path: Path, message: string) => void;
}

export function checkDocument(context: CheckContext): void {
  checkExtends(context);
  checkLayers(context);
  checkComponents(context);
  checkLabels(context);
  checkRules(context);
}

function checkExtends({ user, report }: CheckContext): void {
  const top = own(user, "extends");
  const inner = own(ownObject(user, "spec"), "extends");
  if (top !== undefined && inner !== undefined && top !== inner) {
    report(["extends"], "contradicts spec.extends: keep one of them");
  }
  if (startsFromNothing(user) && own(ownObject(user, "metadata"), "name") === undefined) {
    report(["metadata"], "needs a name: with extends: none there is none to inherit");
  }
}

function checkLayers({ user, report }: CheckContext): void {
  const layers = ownArray(ownObject(user, "spec"), "layers");
  const names = new Set<string>();
  const owners = new Map<string, string>();
  for (const [index, item] of layers.entries()) {
    const layer = asObject(item);
    const name = ownString(layer, "name") ?? "";
    if (names.has(name)) report(["spec", "layers", index], `repeats the layer ${name}`);
    names.add(name);
    for (const [at, entry] of ownArray(layer, "namespaces").entries()) {
      const namespace = asString(entry);
      if (namespace === undefined || namespace.includes("*")) continue;
      const owner = owners.get(namespace);
      if (owner === undefined) owners.set(namespace, name);
      else {
        const path = ["spec", "layers", index, "namespaces", at];
        report(path, `is in two layers: ${namespace} belongs to ${owner} already`);
      }
    }
  }
}

function checkComponents(context: CheckContext): void {
  const { user, merged, report } = context;
  const written = new Map<string, number>();
  for (const [index, item] of ownArray(ownObject(user, "spec"), "components").entries()) {
    const name = ownString(asObject(item), "name");
    if (name === undefined) continue;
    if (written.has(name)) {
      report(["spec", "components", index], `repeats the component ${name}`);
    } else written.set(name, index);
    if (name === "none") {
      report(["spec", "components", index, "name"], "is taken: none says that it is no component");
    }
  }
  const spec = ownObject(merged, "spec");
  const layers = ownArray(spec, "layers").flatMap((l) => ownString(asObject(l), "name") ?? []);
  for (const item of ownArray(spec, "components")) {
    const component = asObject(item);
    const name = ownString(component, "name");
    if (component !== undefined && name !== undefined) {
      checkLayerOf(context, { component, name, index: written.get(name), layers });
    }
  }
}

interface ComponentPlace {
  readonly component: JsonObject;
  readonly name: string;
  /** In the user's own list; undefined when it is inherited. */
  readonly index: number | undefined;
  readonly layers: readonly string[];
}

function checkLayerOf({ report }: CheckContext, place: ComponentPlace): void {
  const { component, name, index, layers } = place;
  const layer = own(component, "layer");
  if (layer === undefined) {
    report(["spec", "components", index ?? 0], `needs a layer: ${name} is a new component`);
  }
  if (typeof layer !== "string" || layers.includes(layer)) return;
  if (index === undefined) {
    const why = `the embedded component ${name} belongs to it`;
    report(["spec", "layers"], `lacks the layer ${layer}: ${why}; give ${name} another layer`);
  } else {
    const hint = didYouMean(layer, layers);
    const path = ["spec", "components", index, "layer"];
    report(path, `names the layer ${layer}, which spec.layers does not hold${hint}`);
  }
}

/** Labels of our own prefix are statements about one workload; a default would make them of all. */
function checkLabels({ user, report }: CheckContext): void {
  const labels = ownObject(ownObject(ownObject(user, "spec"), "defaults"), "labels");
  for (const key of Object.keys(labels ?? {})) {
    if (!key.startsWith(PREFIX)) continue;
    const why = key === LAYER_LABEL ? "it follows from the namespace" : "it differs by workload";
    report(["spec", "defaults", "labels", key], `cannot be a default: ${why}`);
  }
}

function checkRules({ user, merged, rules, report }: CheckContext): void {
  const byId = new Map(rules.map((rule) => [rule.id, rule]));
  const effective = ownObject(ownObject(merged, "spec"), "rules");
  for (const id of Object.keys(ownObject(ownObject(user, "spec"), "rules") ?? {})) {
    const path = ["spec", "rules", id];
    const rule = byId.get(id);
    if (rule === undefined) {
      report(path, `is not a rule${didYouMean(id, byId.keys())}`);
      continue;
    }
    const params = own(ownObject(effective, id), "params") ?? {};
    if (asObject(params) === undefined) continue;
    const mistakes = schemaMistakes(rule.params, params, [...path, "params"]);
    for (const mistake of mistakes) report(mistake.path, mistake.message);
    if (!dropsUnknownKeys(rule.params)) continue;
    const known = keysAt(rule.params) ?? [];
    for (const key of Object.keys(params)) {
      if (known.includes(key)) continue;
      report([...path, "params", key], unknownField([], key, known).message);
    }
  }
}
