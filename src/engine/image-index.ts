import { compileGlob } from "./glob.ts";
import type { Platform } from "./platform.ts";
import { earlier, type Ranked } from "./ranked.ts";

interface ImageIndex {
  readonly exact: ReadonlyMap<string, Ranked>;
  /** Only those with a `*`, by rank. */
  readonly globs: readonly GlobEntry[];
}

interface GlobEntry extends Ranked {
  readonly fits: (text: string) => boolean;
  /** It speaks of registry and path, not of the last segment. */
  readonly isFull: boolean;
}

const indexes = new WeakMap<Platform, ImageIndex>();

/**
 * The first component with an image glob that fits: the last path segment, or registry and path
 * where the glob holds a slash. Most globs are plain names and most images fit none, so plain names
 * are looked up.
 */
export function componentOfImage(
  platform: Platform,
  lastSegment: string,
  full: string,
): string | undefined {
  const { exact, globs } = indexOf(platform);
  let best: Ranked | undefined = earlier(exact.get(lastSegment), exact.get(full));
  for (const entry of globs) {
    if (best !== undefined && best.rank < entry.rank) break;
    if (entry.fits(entry.isFull ? full : lastSegment)) best = entry;
  }
  return best?.component;
}

function indexOf(platform: Platform): ImageIndex {
  let index = indexes.get(platform);
  if (index === undefined) {
    index = buildIndex(platform);
    indexes.set(platform, index);
  }
  return index;
}

function buildIndex({ components }: Platform): ImageIndex {
  const exact = new Map<string, Ranked>();
  const globs: GlobEntry[] = [];
  let rank = 0;
  for (const { name: component, match } of components.values()) {
    for (const glob of match?.images ?? []) {
      const entry = { component, rank: rank++ };
      if (glob.includes("*")) {
        globs.push({ ...entry, fits: compileGlob(glob), isFull: glob.includes("/") });
      } else if (!exact.has(glob)) exact.set(glob, entry);
    }
  }
  return { exact, globs };
}
