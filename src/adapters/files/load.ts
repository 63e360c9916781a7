import { readFileSync, statSync } from "node:fs";
import type { FileInput, FileProblem } from "../../usecases/file-input.ts";
import { NO_PROGRESS, type Progress } from "../../usecases/ports/progress.ts";
import { decodeText, MAX_FILE_BYTES, tooLarge } from "./decode-text.ts";
import { type Expanded, expandDocument } from "./expand-objects.ts";
import { type FileFailure, failureMessage, findFiles } from "./find-files.ts";
import { parseFile } from "./parse-document.ts";
import { SourceFile } from "./source-file.ts";
import type { SourceObject } from "./source-object.ts";

export const STDIN = "<stdin>";

/** Everything that was read, in the order of the files. */
export interface LoadedFiles extends FileInput<SourceObject> {
  readonly files: readonly SourceFile[];
  readonly failures: readonly FileFailure[];
  /** Documents that are no Kubernetes objects and do not pretend to be. */
  readonly ignored: number;
}

/** Above this much text, syntax trees are dropped and parsed again for lines: memory over time. */
const TREE_BUDGET = 8 * 1024 * 1024;

/** Reads files, folders, and for `-` the given bytes of standard input. */
export function loadFiles(
  paths: readonly string[],
  stdin: Uint8Array = new Uint8Array(),
  progress: Progress = NO_PROGRESS,
): LoadedFiles {
  const { files: found, failures } = findFiles(paths.filter((path) => path !== "-"));
  const load = new Load(failures);
  if (paths.includes("-")) load.bytes(STDIN, stdin);
  for (const [done, path] of found.entries()) {
    progress.report("reading files", done, found.length);
    load.path(path);
  }
  return load;
}

/** The same input with other texts in the place of some files: what stands there after `--fix`. */
export function reloadFiles(
  loaded: LoadedFiles,
  texts: ReadonlyMap<SourceFile, string>,
): LoadedFiles {
  const changed = new Map<string, SourceFile>();
  for (const [file, text] of texts)
    changed.set(file.path, new SourceFile(file.path, text, file.bom));
  const again = new Load(loaded.failures);
  const readable = new Set(loaded.files.map((file) => file.path));
  again.problems.push(...loaded.problems.filter((problem) => !readable.has(problem.file)));
  for (const file of loaded.files) again.file(changed.get(file.path) ?? file);
  return again;
}

class Load implements LoadedFiles, Expanded {
  readonly files: SourceFile[] = [];
  readonly failures: FileFailure[];
  readonly objects: SourceObject[] = [];
  readonly problems: FileProblem[] = [];
  ignored = 0;
  #treeBudget = TREE_BUDGET;

  constructor(failures: readonly FileFailure[]) {
    this.failures = [...failures];
  }

  path(path: string): void {
    try {
      if (statSync(path).size > MAX_FILE_BYTES) {
        const { message, fix } = tooLarge();
        this.problems.push({ file: path, line: 1, message, fix });
      } else this.bytes(path, readFileSync(path));
    } catch (error) {
      this.failures.push({ path, message: failureMessage(path, error) });
    }
  }

  bytes(path: string, bytes: Uint8Array): void {
    const decoded = decodeText(path, bytes);
    if (decoded.file !== undefined) this.file(decoded.file);
    else this.problems.push({ file: path, line: 1, message: decoded.message, fix: decoded.fix });
  }

  file(file: SourceFile): void {
    this.files.push(file);
    this.#treeBudget -= file.text.length;
    const { documents, problems } = parseFile(file, this.#treeBudget >= 0);
    this.problems.push(...problems);
    for (const document of documents) expandDocument(document, this);
  }
}
