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
  return pointerFrom(segmentsOf(location));
}

export function pointerFrom(segments: readonly string[]): string {
  return segments.map((segment) => `/${escapeSegment(segment)}`).join("");
}

/** The place in a reader's words: `spec.template.spec.containers[name=api].image`. */
export function pathOf(location: Location): string {
  const parts: string[] = [];
  for (let at = location; at.parent !== undefined; at = at.parent) parts.push(pathPart(at));
  const path = parts.reverse().join("");
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
  return segment.replaceAll("~", "~0").replaceAll("/", "~1");
}
