import { encodeText } from "./decode-text.ts";
import type { FileChange } from "./fix-files.ts";
import { replaceFile } from "./replace-file.ts";

/** Writes a fixed text to its file. */
export function writeChange({ file, after }: FileChange, token: string): void {
  replaceFile(file.path, encodeText(file, after), token);
}
