/**
 * A place inside an object, as a chain towards the root. Text is only built for findings, which most
 * reviews do not have, and once for each place: what lies in one container shares its way there.
 */
export class Location {
  readonly parent: Location | undefined;
  readonly key: string;
  /** Set for list items that have a name: they are shown as `[name=api]`, never by index. */
  readonly name: string | undefined;
  readonly isItem: boolean;
  /** Filled in by `pointerOf` and `pathOf`. */
  pointer: string | undefined;
  path: string | undefined;

  constructor(
    parent: Location | undefined,
    key: string,
    isItem = false,
    name: string | undefined = undefined,
  ) {
    this.parent = parent;
    this.key = key;
    this.isItem = isItem;
    this.name = name;
    this.pointer = parent === undefined ? "" : undefined;
    this.path = this.pointer;
  }
}

export const ROOT = new Location(undefined, "");

export function field(parent: Location, ...keys: readonly string[]): Location {
  let location = parent;
  for (const key of keys) location = new Location(location, key);
  return location;
}

export function item(parent: Location, index: number, name?: string): Location {
  return new Location(parent, String(index), true, name);
}

/** The keys from the root down, indexes as decimal strings. */
export function segmentsOf(location: Location): string[] {
  const segments: string[] = [];
  for (let at = location; at.parent !== undefined; at = at.parent) segments.push(at.key);
  return segments.reverse();
}

/** JSON pointer, RFC 6901. */
export function pointerOf(location: Location): string {
  // Without recursion: objects nest as deep as they like.
  for (const at of unknownPart(location, "pointer")) {
    at.pointer = `${at.parent?.pointer}/${escapeSegment(at.key)}`;
  }
  return location.pointer ?? "";
}

/** The place in a reader's words: `spec.template.spec.containers[name=api].image`. */
export function pathOf(location: Location): string {
  for (const at of unknownPart(location, "path")) {
    at.path = joined(at.parent?.path ?? "", partOf(at));
  }
  return location.path ?? "";
}

/** From below the last place whose text is known down to this one. */
function unknownPart(location: Location, text: "pointer" | "path"): readonly Location[] {
  const unknown: Location[] = [];
  for (let at = location; at.parent !== undefined && at[text] === undefined; at = at.parent) {
    unknown.push(at);
  }
  return unknown.reverse();
}

export function pointerFrom(segments: readonly string[]): string {
  let pointer = "";
  for (const segment of segments) pointer += `/${escapeSegment(segment)}`;
  return pointer;
}

/** What the last step alone is called: `.image`, `[name=api]`, `[app.kubernetes.io/name]`. */
export function partOf({ key, name, isItem }: Location): string {
  if (isItem) return name === undefined ? `[${key}]` : `[name=${name}]`;
  return plainKey.test(key) ? `.${key}` : `[${key}]`;
}

function joined(path: string, part: string): string {
  return path === "" && part.startsWith(".") ? part.slice(1) : path + part;
}

const plainKey = /^[A-Za-z0-9_-]+$/;

function escapeSegment(segment: string): string {
  if (!segment.includes("/") && !segment.includes("~")) return segment;
  return segment.replaceAll("~", "~0").replaceAll("/", "~1");
}
