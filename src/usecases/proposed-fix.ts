import type { ReportSource } from "./report.ts";

/** One replacement in a text that closes a gap: what `--fix` would write at this place alone. */
export interface ProposedFix {
  readonly file: string;
  readonly startLine: number;
  readonly startColumn: number;
  readonly endLine: number;
  /** Behind the last character that goes. */
  readonly endColumn: number;
  readonly text: string;
}

/** By `fixKey`. */
export type ProposedFixes = ReadonlyMap<string, ProposedFix>;

/** The place tells two objects of one file apart, the pointer two gaps of one place. */
export function fixKey({ file, line, column }: ReportSource, pointer: string): string {
  return JSON.stringify([file, line, column, pointer]);
}
