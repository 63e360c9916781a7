import { existsSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { withFileLock } from "./file-lock.ts";
import { type GoPackage, goBuild, requireGo } from "./go-tool.ts";

/** One folder per Go module, each with its own versions. */
export const MODULES = join(import.meta.dirname, "go");

function cacheRoot(): string {
  const own = process.env["KEYMATE_TEST_CACHE"];
  if (own) return resolve(own);
  return join(process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "keymate-guard-test");
}

export function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** The path of a binary that the user brings along. */
export function preinstalled(name: string): string | undefined {
  const folder = process.env["KUBEBUILDER_ASSETS"];
  const file = folder ? resolve(folder, name) : undefined;
  return file && existsSync(file) ? file : undefined;
}

async function compile(name: string, target: string, pkg: GoPackage): Promise<void> {
  await requireGo(pkg.moduleDir);
  // Compiled beside its place and renamed, so that a cut build leaves no broken binary.
  const draft = `${target}.${process.pid}.draft`;
  const start = performance.now();
  say(`Building ${name} from Go modules; the first time this takes minutes.`);
  try {
    await goBuild(pkg, draft);
    await rename(draft, target);
  } finally {
    await rm(draft, { force: true });
  }
  say(`Built ${name} in ${((performance.now() - start) / 1000).toFixed(0)} s.`);
}

/** Path of a binary in the cache, compiled when it is not there yet. */
export async function ensure(name: string, folder: string, pkg: GoPackage): Promise<string> {
  const dir = join(cacheRoot(), folder);
  const target = join(dir, name);
  if (existsSync(target)) return target;
  await mkdir(dir, { recursive: true });
  const build = async () => {
    if (!existsSync(target)) await compile(name, target, pkg);
  };
  await withFileLock(`${target}.lock`, build, () => say(`Waiting for another build of ${name}.`));
  return target;
}
