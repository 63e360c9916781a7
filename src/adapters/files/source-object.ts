import type { JsonObject } from "../../kubernetes/json.ts";
import type { FileObject, Place } from "../../usecases/file-input.ts";
import { segmentsFrom } from "./pointer.ts";
import type { SourceDocument } from "./source-document.ts";

/** An object and the place where it is written: a document, or an item of a List in one. */
export class SourceObject implements FileObject {
  readonly document: SourceDocument;
  /** From the document down to the object: empty, or `items`, `3`. */
  readonly prefix: readonly string[];
  readonly object: JsonObject;

  constructor(document: SourceDocument, prefix: readonly string[], object: JsonObject) {
    this.document = document;
    this.prefix = prefix;
    this.object = object;
  }

  get file(): string {
    return this.document.file.path;
  }

  get line(): number {
    return this.document.placeOf(this.prefix).line;
  }

  placeOf(pointer: string): Place {
    return this.document.placeOf([...this.prefix, ...segmentsFrom(pointer)]);
  }
}
