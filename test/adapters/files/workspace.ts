import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type LoadedFiles, loadFiles } from "../../../src/adapters/files/load.ts";

/** A folder that is gone when the test is over. */
export class Folder implements Disposable {
  readonly path = mkdtempSync(join(tmpdir(), "keymate-guard-files-"));

  write(name: string, content: string | Uint8Array): string {
    const path = join(this.path, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
    return path;
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** What is read from a text on standard input. */
export function read(text: string | Uint8Array): LoadedFiles {
  return loadFiles(["-"], typeof text === "string" ? new TextEncoder().encode(text) : text);
}

/** `LINE: message` of each problem. */
export function problemsOf(text: string | Uint8Array): string[] {
  return read(text).problems.map(({ line, message }) => `${line}: ${message}`);
}
