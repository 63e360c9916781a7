import type { PatchOperation } from "../../engine/patch-operation.ts";
import { asObject } from "../../kubernetes/json.ts";
import { pointerFrom } from "../../kubernetes/location.ts";
import { fixKey, type ProposedFix, type ProposedFixes } from "../../usecases/proposed-fix.ts";
import { withAdditions } from "./fix-document.ts";
import { segmentsFrom } from "./pointer.ts";
import type { SourceDocument } from "./source-document.ts";
import type { SourceObject } from "./source-object.ts";

/** Each fix is read again with its whole document: in a larger one they would take quadratic time. */
const MAX_DOCUMENT = 128 * 1024;

/**
 * Planned additions one by one, as replacements in the text, each checked on its own as `--fix`
 * checks it. What could not be written alone is left out.
 */
export function proposeFixes(
  planned: Iterable<{ readonly object: SourceObject; readonly patch: readonly PatchOperation[] }>,
): ProposedFixes {
  const fixes = new Map<string, ProposedFix>();
  for (const { object, patch } of planned) {
    const { document, file } = object;
    if (document.text.length > MAX_DOCUMENT) continue;
    for (const { path, value } of patch) {
      const segments = segmentsFrom(path);
      const addition = { segments: [...object.prefix, ...segments], value };
      const text = withAdditions(document.text, document.yaml, [addition]);
      if (text === undefined) continue;
      const fix = replacement(document, text);
      for (const pointer of leavesOf(segments, value)) {
        fixes.set(fixKey({ file, ...object.placeOf(pointer) }, pointer), fix);
      }
    }
  }
  return fixes;
}

/** What differs, as one region. */
function replacement({ file, chunk, text: before }: SourceDocument, after: string): ProposedFix {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before[start] === after[start]) start++;
  let kept = 0;
  while (
    kept < shorter - start &&
    before[before.length - 1 - kept] === after[after.length - 1 - kept]
  ) {
    kept++;
  }
  const from = file.placeAt(chunk.start + start);
  const to = file.placeAt(chunk.start + before.length - kept);
  return {
    file: file.path,
    startLine: from.line,
    startColumn: from.column,
    endLine: to.line,
    endColumn: to.column,
    text: after.slice(start, after.length - kept),
  };
}

/** Findings speak of single values, additions may bring several. */
function* leavesOf(segments: readonly string[], value: unknown): Generator<string> {
  const object = asObject(value);
  if (object === undefined) yield pointerFrom(segments);
  else
    for (const [key, child] of Object.entries(object)) yield* leavesOf([...segments, key], child);
}
