import { chmodSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";

/**
 * Writes a file at once, so that a crash leaves the old content or the new one. The mode of a file
 * that is there stays, and a symbolic link stays a link; a device or pipe is written to.
 * `token` keeps the temporary names of two runs apart.
 */
export function replaceFile(path: string, content: string | Uint8Array, token: string): void {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats !== undefined && !stats.isFile()) {
    writeFileSync(path, content);
    return;
  }
  const target = stats === undefined ? path : realpathSync(path);
  const temporary = join(dirname(target), `.${basename(target)}.${token}.tmp`);
  const mode = stats === undefined ? 0o666 : stats.mode & 0o7777;
  try {
    writeFileSync(temporary, content, { flag: "wx", mode });
    // The process's umask does not apply to a file that was there before.
    if (stats !== undefined) chmodSync(temporary, mode);
    renameSync(temporary, target);
  } catch (error) {
    if (codeOf(error) !== "EEXIST") rmSync(temporary, { force: true });
    throw error;
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}

/** What a failed write means to the user. */
export function writeFailureMessage(error: unknown): string {
  const code = codeOf(error);
  switch (code) {
    case "ENOENT":
      return "its folder does not exist: create it";
    case "ENOTDIR":
      return "a part of its path is no folder: name another file";
    case "EISDIR":
      return "it is a folder: name a file in it";
    case "EACCES":
    case "EPERM":
    case "EROFS":
      return "writing there is not allowed: check its permissions, or name another file";
    case "ENOSPC":
    case "EDQUOT":
      return "the disk is full: make room, or name another file";
    case "ENAMETOOLONG":
      return "its name is too long: name another file";
    default:
      return `${typeof code === "string" ? code : "unknown error"}: name another file`;
  }
}
