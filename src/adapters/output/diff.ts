import { type LineChange, lineChanges } from "./line-changes.ts";

/** The two texts of a file, before and after. */
export interface FileDiff {
  readonly path: string;
  readonly before: string;
  readonly after: string;
}

const CONTEXT = 3;
const NO_NEWLINE = "\\ No newline at end of file\n";

/** A unified diff as `diff -u` and `git apply` know it; empty when nothing differs. */
export function renderDiff({ path, before, after }: FileDiff): string {
  const old = linesOf(before);
  const now = linesOf(after);
  const hunks = hunksOf(lineChanges(old, now));
  if (hunks.length === 0) return "";
  const name = path.replaceAll("\\", "/").replace(/^\/+/, "");
  const head = `--- a/${name}\n+++ b/${name}\n`;
  return head + hunks.map((hunk) => renderHunk(hunk, old, now)).join("");
}

/** Line endings stay on the lines: a changed one is a change. */
function linesOf(text: string): string[] {
  return text.match(/[^\n]+\n?|\n/g) ?? [];
}

/** Changes with fewer than twice the context between them share a hunk. */
function hunksOf(changes: readonly LineChange[]): LineChange[][] {
  const hunks: LineChange[][] = [];
  for (const change of changes) {
    const hunk = hunks.at(-1);
    const last = hunk?.at(-1);
    if (hunk && last && change.oldStart - last.oldEnd <= 2 * CONTEXT) hunk.push(change);
    else hunks.push([change]);
  }
  return hunks;
}

function renderHunk(
  hunk: readonly LineChange[],
  old: readonly string[],
  now: readonly string[],
): string {
  const [first] = hunk;
  const last = hunk.at(-1);
  if (first === undefined || last === undefined) return "";
  const oldStart = Math.max(0, first.oldStart - CONTEXT);
  const newStart = first.newStart - (first.oldStart - oldStart);
  const oldEnd = Math.min(old.length, last.oldEnd + CONTEXT);
  const newEnd = last.newEnd + (oldEnd - last.oldEnd);
  let body = "";
  let at = oldStart;
  for (const change of hunk) {
    body += prefixed(" ", old.slice(at, change.oldStart));
    body += prefixed("-", old.slice(change.oldStart, change.oldEnd));
    body += prefixed("+", now.slice(change.newStart, change.newEnd));
    at = change.oldEnd;
  }
  body += prefixed(" ", old.slice(at, oldEnd));
  return `@@ -${range(oldStart, oldEnd)} +${range(newStart, newEnd)} @@\n${body}`;
}

function prefixed(prefix: string, lines: readonly string[]): string {
  return lines
    .map((line) => (line.endsWith("\n") ? prefix + line : `${prefix}${line}\n${NO_NEWLINE}`))
    .join("");
}

/** An empty range names the line before it. */
function range(start: number, end: number): string {
  const count = end - start;
  const first = count === 0 ? start : start + 1;
  return count === 1 ? String(first) : `${first},${count}`;
}
