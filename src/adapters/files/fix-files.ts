import { getOrAdd } from "../../engine/get-or-add.ts";
import type { PatchOperation } from "../../engine/patch-operation.ts";
import { fixDocument } from "./fix-document.ts";
import type { Addition } from "./insertions.ts";
import { segmentsFrom } from "./pointer.ts";
import type { SourceDocument } from "./source-document.ts";
import type { SourceFile } from "./source-file.ts";
import type { SourceObject } from "./source-object.ts";

/** What a fix makes of one file. */
export interface FileChange {
  readonly file: SourceFile;
  readonly after: string;
}

/** An addition that was left to the user. */
export interface RefusedFix {
  readonly file: string;
  readonly line: number;
  /** JSON pointer from the document's root. */
  readonly pointer: string;
  readonly reason: string;
}

export interface FixResult {
  /** Only files whose text changes, in the order of the input. */
  readonly changes: readonly FileChange[];
  /** How many values were added. */
  readonly applied: number;
  readonly refused: readonly RefusedFix[];
}

/** Writes planned additions into the texts of their files, in memory. */
export function fixFiles(
  planned: Iterable<{ readonly object: SourceObject; readonly patch: readonly PatchOperation[] }>,
): FixResult {
  const byFile = new Map<SourceFile, Map<SourceDocument, Addition[]>>();
  for (const { object, patch } of planned) {
    const { document, prefix } = object;
    const documents = getOrAdd(byFile, document.file, () => new Map<SourceDocument, Addition[]>());
    const additions = getOrAdd(documents, document, () => []);
    for (const { path, value } of patch) {
      additions.push({ segments: [...prefix, ...segmentsFrom(path)], value });
    }
  }
  const changes: FileChange[] = [];
  const refused: RefusedFix[] = [];
  let applied = 0;
  for (const [file, documents] of byFile) {
    const result = fixFile(file, documents, refused);
    applied += result.applied;
    if (result.after !== file.text) changes.push({ file, after: result.after });
  }
  return { changes, applied, refused };
}

function fixFile(
  file: SourceFile,
  documents: ReadonlyMap<SourceDocument, readonly Addition[]>,
  refused: RefusedFix[],
): { readonly after: string; readonly applied: number } {
  let after = "";
  let at = 0;
  let applied = 0;
  const ordered = [...documents].sort(([a], [b]) => a.chunk.start - b.chunk.start);
  for (const [document, additions] of ordered) {
    const fixed = fixDocument(document.text, additions);
    after += file.text.slice(at, document.chunk.start) + fixed.text;
    at = document.chunk.end;
    applied += fixed.applied;
    for (const { segments, reason } of fixed.refused) {
      const { line } = document.placeOf(segments);
      const pointer = segments.map((s) => `/${s.replaceAll("~", "~0").replaceAll("/", "~1")}`);
      refused.push({ file: file.path, line, pointer: pointer.join(""), reason });
    }
  }
  return { after: after + file.text.slice(at), applied };
}
