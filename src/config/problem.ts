import { Location, pathOf, ROOT } from "../kubernetes/location.ts";

/** Keys and indexes from the root of a document down. */
export type Path = readonly (string | number)[];

/** A mistake at a place of a document, before that place has a line. */
export interface Mistake {
  readonly path: Path;
  readonly message: string;
  /** Where the path cannot say it: a syntax error, the second of two equal keys. */
  readonly at?: Position;
}

/** Both count from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** `spec.components[2].layer`; "" for the document itself. */
export function showPath(path: Path): string {
  let location: Location = ROOT;
  for (const part of path) {
    const isItem = typeof part === "number";
    location = new Location(location, String(part), isItem);
  }
  return pathOf(location);
}
