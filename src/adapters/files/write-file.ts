import { chmodSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { encodeText } from "./decode-text.ts";
import type { FileChange } from "./fix-files.ts";

/**
 * Replaces a file at once, so that a crash leaves the old text or the new one. Its mode stays,
 * and a symbolic link stays a link. `token` keeps the temporary names of two runs apart.
 */
export function writeChange({ file, after }: FileChange, token: string): void {
  const target = realpathSync(file.path);
  const { mode } = statSync(target);
  const temporary = join(dirname(target), `.${basename(target)}.${token}.tmp`);
  try {
    writeFileSync(temporary, encodeText(file, after), { flag: "wx", mode: mode & 0o7777 });
    // The process's umask does not apply to a file that was there before.
    chmodSync(temporary, mode & 0o7777);
    renameSync(temporary, target);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}
