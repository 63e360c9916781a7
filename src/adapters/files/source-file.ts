import type { Place } from "../../usecases/file-input.ts";

/** One text as it was read, and where its lines start. */
export class SourceFile {
  /** As the user wrote it; `<stdin>` for standard input. */
  readonly path: string;
  /** Without the byte order mark. */
  readonly text: string;
  /** Whether a byte order mark has to be written back. */
  readonly bom: boolean;
  #lineStarts: number[] | undefined;

  constructor(path: string, text: string, bom = false) {
    this.path = path;
    this.text = text;
    this.bom = bom;
  }

  /** Where an offset is. The table is built on first use: most files need none. */
  placeAt(offset: number): Place {
    this.#lineStarts ??= lineStartsOf(this.text);
    let low = 0;
    let high = this.#lineStarts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#lineStarts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - (this.#lineStarts[low] ?? 0) + 1 };
  }
}

function lineStartsOf(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}
