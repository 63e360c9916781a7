import type { JsonObject } from "../kubernetes/json.ts";

/** Counted from 1; the column in UTF-16 code units, a byte order mark not counted. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** One Kubernetes object as it stands in a file. */
export interface FileObject {
  /** As the user named it; `<stdin>` for standard input. */
  readonly file: string;
  readonly object: JsonObject;
  /** Where the object starts, from 1. */
  readonly line: number;
  /** Where a JSON pointer leads; its nearest existing parent when it is missing. */
  placeOf(pointer: string): Place;
}

/** What keeps a file, or one document of it, from being judged: a finding of rule `file-parse`. */
export interface FileProblem {
  readonly file: string;
  readonly line: number;
  /** Absent where the whole file is meant. */
  readonly column?: number;
  readonly message: string;
  /** One imperative. */
  readonly fix: string;
}

export interface FileInput<T extends FileObject = FileObject> {
  readonly objects: readonly T[];
  readonly problems: readonly FileProblem[];
  /** What was named but could not be read: then nothing is shown as passed. */
  readonly failures?: readonly unknown[];
}
