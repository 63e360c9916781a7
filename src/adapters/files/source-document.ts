import type { Place } from "../../usecases/file-input.ts";
import { locate } from "./locate.ts";
import type { SourceFile } from "./source-file.ts";
import type { Chunk } from "./split-documents.ts";
import { parseYaml, type Yaml } from "./yaml-document.ts";

/** One document of a file: its value for the rules, its text and syntax tree for lines and fixes. */
export class SourceDocument {
  readonly file: SourceFile;
  readonly chunk: Chunk;
  readonly value: unknown;
  #yaml: Yaml | undefined;

  /** `yaml` is left out where memory is short: it is parsed again if a line is asked for. */
  constructor(file: SourceFile, chunk: Chunk, value: unknown, yaml: Yaml | undefined) {
    this.file = file;
    this.chunk = chunk;
    this.value = value;
    this.#yaml = yaml;
  }

  get text(): string {
    return this.file.text.slice(this.chunk.start, this.chunk.end);
  }

  get yaml(): Yaml {
    this.#yaml ??= parseYaml(this.text);
    return this.#yaml;
  }

  /** Of what the segments lead to, or of its nearest existing parent. */
  placeOf(segments: readonly string[]): Place {
    const { offset } = locate(this.yaml, segments);
    return this.file.placeAt(this.chunk.start + offset);
  }
}
