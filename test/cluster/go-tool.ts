import { execFile, spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

const REMEDY =
  "Install it, or point KUBEBUILDER_ASSETS at a folder that holds kube-apiserver, " +
  "kube-controller-manager, kubectl and etcd.";

export interface GoPackage {
  readonly moduleDir: string;
  readonly path: string;
  readonly ldflags: string;
  /** Build tags, separated by commas. */
  readonly tags?: string;
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}

function minorOf(version: string): number {
  return Number(/^(?:go)?1\.(\d+)/.exec(version)?.[1] ?? 0);
}

/** Fails with one clear sentence unless the Go in PATH can build the module. */
export async function requireGo(moduleDir: string, env = process.env): Promise<void> {
  const goMod = await readFile(join(moduleDir, "go.mod"), "utf8");
  const wanted = /^go (\S+)$/m.exec(goMod)?.[1] ?? "1.26.0";
  let found: string;
  try {
    // Asked inside the module, so that a Go that fetches newer toolchains itself may do so.
    const { stdout } = await run("go", ["env", "GOVERSION"], { cwd: moduleDir, env });
    found = stdout.trim();
  } catch (error) {
    if (isMissing(error)) {
      throw new Error(
        `Building the test binaries needs Go ${wanted}, and none is in PATH. ${REMEDY}`,
      );
    }
    throw new Error(`The Go in PATH cannot build for Go ${wanted}: ${String(error)} ${REMEDY}`);
  }
  if (minorOf(found) < minorOf(wanted)) {
    throw new Error(`Building the test binaries needs Go ${wanted}, found ${found}. ${REMEDY}`);
  }
}

/** Compiles one main package of a module to a file; the compiler's words go to stderr. */
export async function goBuild(pkg: GoPackage, output: string): Promise<void> {
  const flags = ["-trimpath", "-buildvcs=false", "-ldflags", pkg.ldflags, "-o", output];
  if (pkg.tags !== undefined) flags.push("-tags", pkg.tags);
  const child = spawn("go", ["build", ...flags, pkg.path], {
    cwd: pkg.moduleDir,
    env: { ...process.env, CGO_ENABLED: "0" },
    stdio: ["ignore", "inherit", "inherit"],
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", resolve);
  });
  if (code !== 0) throw new Error(`go build ${pkg.path} ended with code ${code}`);
}

/** Where the sources of a module lie that the given one requires. */
export async function moduleFolder(moduleDir: string, path: string): Promise<string> {
  const args = ["list", "-m", "-f", "{{.Dir}}", path];
  const { stdout } = await run("go", args, { cwd: moduleDir });
  return stdout.trim();
}
