import { type Dirent, readdirSync, realpathSync, type Stats, statSync } from "node:fs";
import { join } from "node:path";

/** A path that was asked for and cannot be read: a fault of the environment, not a finding. */
export interface FileFailure {
  readonly path: string;
  /** One sentence that names what to do. */
  readonly message: string;
}

export interface FoundFiles {
  readonly files: readonly string[];
  readonly failures: readonly FileFailure[];
}

const MANIFEST = /\.(?:ya?ml|json)$/i;
const SKIPPED_FOLDERS: ReadonlySet<string> = new Set([".git", "node_modules"]);

/**
 * The files behind the given paths: files as they are named, folders with all their manifests.
 * Sorted, and each file once however often it is named or linked.
 */
export function findFiles(paths: readonly string[]): FoundFiles {
  const search = new Search();
  for (const path of paths) search.add(path);
  return { files: search.files.sort(byCodeUnit), failures: search.failures };
}

class Search {
  readonly files: string[] = [];
  readonly failures: FileFailure[] = [];
  /** Real paths seen: ends loops of symbolic links. */
  readonly #seen = new Set<string>();

  add(path: string): void {
    try {
      this.#visit(path, statSync(path));
    } catch (error) {
      this.failures.push({ path, message: failureMessage(path, error) });
    }
  }

  #visit(path: string, stats: Stats): void {
    if (!this.#isNew(path)) return;
    if (!stats.isDirectory()) {
      this.files.push(path);
      return;
    }
    const entries = readdirSync(path, { withFileTypes: true });
    for (const entry of entries.sort((a, b) => byCodeUnit(a.name, b.name))) {
      this.#visitEntry(path, entry);
    }
  }

  #visitEntry(folder: string, entry: Dirent): void {
    const path = join(folder, entry.name);
    if (entry.isDirectory() ? SKIPPED_FOLDERS.has(entry.name) : !mayMatter(entry)) return;
    try {
      const stats = statSync(path);
      if (stats.isDirectory()) {
        if (!SKIPPED_FOLDERS.has(entry.name)) this.#visit(path, stats);
      } else if (stats.isFile() && MANIFEST.test(entry.name)) this.#visit(path, stats);
    } catch (error) {
      this.failures.push({ path, message: failureMessage(path, error) });
    }
  }

  #isNew(path: string): boolean {
    const real = realpathSync(path);
    if (this.#seen.has(real)) return false;
    this.#seen.add(real);
    return true;
  }
}

function mayMatter(entry: Dirent): boolean {
  return entry.isSymbolicLink() || MANIFEST.test(entry.name);
}

/** What a failed file operation means to the user. */
export function failureMessage(path: string, error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : "unknown error";
  switch (code) {
    case "ENOENT":
      return `${path} does not exist: check the path`;
    case "EACCES":
    case "EPERM":
      return `${path} cannot be accessed: check its permissions`;
    case "ELOOP":
      return `${path} is a symbolic link that leads back to itself: remove it`;
    default:
      return `${path} cannot be read (${typeof code === "string" ? code : "unknown error"}): check the path`;
  }
}

function byCodeUnit(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
