/**
 * A place inside an object, as a chain towards the root. Text is only built for findings,
 * which most reviews do not have.
 */
export interface Location {
  readonly parent: Location | undefined;
  readonly key: string;
  /** Set for list items that have a name: they are shown as `[name=api]`, never by index. */
  readonly name: string | undefined;
  readonly isItem: boolean;
}

export const ROOT: Location = { parent: undefined, key: "", name: undefined, isItem: false };

export function field(parent: Location, ...keys: readonly string[]): Location {
  let location = parent;
  for (const key of keys) location = { parent: location, key, name: undefined, isItem: false };
  return location;
}

export function item(parent: Location, index: number, name?: string): Location {
  return { parent, key: String(index), name, isItem: true };
}

/** The keys from the root down, indexes as decimal strings. */
export function segmentsOf(location: Location): string[] {
  const segments: string[] = [];
  for (let at = location; at.parent !== undefined; at = at.parent) segments.push(at.key);
  return segments.reverse();
}

/** JSON pointer, RFC 6901. */
export function pointerOf(location: Location): string {
  let pointer = "";
  for (let at = location; at.parent !== undefined; at = at.parent) {
    pointer = `/${escapeSegment(at.key)}${pointer}`;
  }
  return pointer;
}

export function pointerFrom(segments: readonly string[]): string {
  let pointer = "";
  for (const segment of segments) pointer += `/${escapeSegment(segment)}`;
  return pointer;
}

/** The place in a reader's words: `spec.template.spec.containers[name=api].image`. */
export function pathOf(location: Location): string {
  let path = "";
  for (let at = location; at.parent !== undefined; at = at.parent) path = pathPart(at) + path;
  return path.startsWith(".") ? path.slice(1) : path;
}

function pathPart(location: Location): string {
  if (location.isItem) {
    return location.name === undefined ? `[${location.key}]` : `[name=${location.name}]`;
  }
  return plainKey.test(location.key) ? `.${location.key}` : `[${location.key}]`;
}

const plainKey = /^[A-Za-z0-9_-]+$/;

function escapeSegment(segment: string): string {
  if (!segment.includes("/") && !segment.includes("~")) return segment;
  return segment.replaceAll("~", "~0").replaceAll("/", "~1");
}
