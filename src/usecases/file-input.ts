import type { JsonObject } from "../kubernetes/json.ts";

/** One Kubernetes object as it stands in a file. */
export interface FileObject {
  /** As the user named it; `<stdin>` for standard input. */
  readonly file: string;
  readonly object: JsonObject;
  /** Where the object starts, from 1. */
  readonly line: number;
  /** The line of a place by JSON pointer; of its nearest existing parent when it is missing. */
  lineOf(pointer: string): number;
}

/** What keeps a file, or one document of it, from being judged: a finding of rule `file-parse`. */
export interface FileProblem {
  readonly file: string;
  readonly line: number;
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
