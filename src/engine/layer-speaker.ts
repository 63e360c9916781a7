import type { JsonObject } from "../kubernetes/json.ts";
import { isTerminating, nameOf } from "../kubernetes/object.ts";
import { layerOf } from "./platform.ts";
import type { RuleContext } from "./rule.ts";

type Context = Pick<RuleContext, "platform" | "cluster" | "once">;

const BY_LAYER = Symbol("namespaces by layer");

/** The Namespaces of every layer, sorted by name; a layer without any has no entry. */
export function namespacesByLayer({
  platform,
  cluster,
  once,
}: Context): ReadonlyMap<string, readonly JsonObject[]> {
  return once(BY_LAYER, () => {
    const found = new Map<string, JsonObject[]>();
    for (const object of cluster.list("Namespace")) {
      const layer = layerOf(platform, nameOf(object) ?? "", object);
      if (layer === undefined || isTerminating(object)) continue;
      found.set(layer, [...(found.get(layer) ?? []), object]);
    }
    for (const objects of found.values()) objects.sort(byName);
    return found;
  });
}

/**
 * What holds for a layer as a whole is said once: of its first Namespace by name, and where it has
 * none of the first of the highest layer that has one.
 */
export function speaksForLayer(
  context: Context & Pick<RuleContext, "subject">,
  layer: string,
): boolean {
  const byLayer = namespacesByLayer(context);
  const fallback = context.platform.layers.findLast(({ name }) => byLayer.has(name));
  const [first] = byLayer.get(layer) ?? byLayer.get(fallback?.name ?? "") ?? [];
  return first !== undefined && nameOf(first) === context.subject.namespace;
}

function byName(left: JsonObject, right: JsonObject): number {
  const [a, b] = [nameOf(left) ?? "", nameOf(right) ?? ""];
  return a < b ? -1 : a > b ? 1 : 0;
}
