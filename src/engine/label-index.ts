import { type JsonObject, own } from "../kubernetes/json.ts";
import { getOrAdd } from "./get-or-add.ts";
import type { Platform } from "./platform.ts";
import { earlier, type Ranked } from "./ranked.ts";

/** Components by the value of each label that any of them is matched by. */
type LabelIndex = ReadonlyMap<string, ReadonlyMap<unknown, Ranked>>;

const indexes = new WeakMap<Platform, LabelIndex>();

/**
 * The first component that has one of its labels there: they are alternatives, like the image globs.
 * Few keys are asked for by many components, so values are looked up.
 */
export function componentOfLabels(platform: Platform, labels: JsonObject): string | undefined {
  let best: Ranked | undefined;
  for (const [key, byValue] of indexOf(platform)) {
    best = earlier(best, byValue.get(own(labels, key)));
  }
  return best?.component;
}

function indexOf(platform: Platform): LabelIndex {
  let index = indexes.get(platform);
  if (index === undefined) {
    index = buildIndex(platform);
    indexes.set(platform, index);
  }
  return index;
}

function buildIndex({ components }: Platform): LabelIndex {
  const index = new Map<string, Map<unknown, Ranked>>();
  let rank = 0;
  for (const { name: component, match } of components.values()) {
    for (const [key, value] of Object.entries(match?.labels ?? {})) {
      const byValue = getOrAdd(index, key, () => new Map<unknown, Ranked>());
      if (!byValue.has(value)) byValue.set(value, { component, rank });
    }
    rank++;
  }
  return index;
}
