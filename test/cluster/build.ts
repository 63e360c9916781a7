import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { withFileLock } from "./file-lock.ts";
import { type GoPackage, goBuild, requireGo } from "./go-tool.ts";

const MODULES = join(import.meta.dirname, "go");
const DEFAULT_KUBE_VERSION = "1.37.2";
const ETCD_VERSION = "3.7.3";

export interface Binaries {
  readonly apiserver: string;
  readonly controllerManager: string;
  readonly kubectl: string;
  readonly etcd: string;
}

export function kubeVersion(): string {
  return process.env["KEYMATE_GUARD_TEST_KUBE_VERSION"] || DEFAULT_KUBE_VERSION;
}

function cacheRoot(): string {
  const own = process.env["KEYMATE_GUARD_TEST_CACHE"];
  if (own) return resolve(own);
  return join(process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "keymate-guard-test");
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

function preinstalled(name: string): string | undefined {
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

async function ensure(name: string, folder: string, pkg: GoPackage): Promise<string> {
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

/** The stamp a release build carries; without it the server reports version 0.0.0. */
function kubeLdflags(version: string): string {
  const [major, minor] = version.split(".");
  const stamps = { gitVersion: `v${version}`, gitMajor: major, gitMinor: minor };
  const flags = ["k8s.io/component-base/version", "k8s.io/client-go/pkg/version"].flatMap((pkg) =>
    Object.entries(stamps).map(([name, value]) => `-X ${pkg}.${name}=${value}`),
  );
  return ["-s -w", ...flags].join(" ");
}

async function kubernetes(name: string): Promise<string> {
  const found = preinstalled(name);
  if (found) return found;
  const version = kubeVersion();
  const moduleDir = join(MODULES, `kubernetes-${version}`);
  if (!existsSync(moduleDir)) {
    const known = (await readdir(MODULES)).flatMap(
      (dir) => /^kubernetes-(.+)/.exec(dir)?.[1] ?? [],
    );
    throw new Error(
      `No Go module for Kubernetes ${version}; there is one for ${known.join(", ")}.`,
    );
  }
  const path = `k8s.io/kubernetes/cmd/${name}`;
  return ensure(name, version, { moduleDir, path, ldflags: kubeLdflags(version) });
}

async function etcd(): Promise<string> {
  const moduleDir = join(MODULES, `etcd-${ETCD_VERSION}`);
  const pkg = { moduleDir, path: "go.etcd.io/etcd/server/v3", ldflags: "-s -w" };
  return preinstalled("etcd") ?? ensure("etcd", `etcd-${ETCD_VERSION}`, pkg);
}

/** Paths of the binaries of a cluster: those of KUBEBUILDER_ASSETS, and the rest built once. */
export async function ensureBinaries(): Promise<Binaries> {
  // One after the other: each build already uses every core.
  const apiserver = await kubernetes("kube-apiserver");
  const controllerManager = await kubernetes("kube-controller-manager");
  const kubectl = await kubernetes("kubectl");
  return { apiserver, controllerManager, kubectl, etcd: await etcd() };
}

/** Path of the program that applies patches with the API server's library. */
export async function ensurePatchcheck(): Promise<string> {
  const moduleDir = join(MODULES, "patchcheck");
  const hash = createHash("sha256");
  for (const file of ["go.mod", "go.sum", "main.go"]) {
    hash.update(await readFile(join(moduleDir, file)));
  }
  const folder = `patchcheck-${hash.digest("hex").slice(0, 12)}`;
  return ensure("patchcheck", folder, { moduleDir, path: ".", ldflags: "-s -w" });
}

if (import.meta.main) {
  try {
    const paths = { ...(await ensureBinaries()), patchcheck: await ensurePatchcheck() };
    for (const [name, path] of Object.entries(paths)) console.log(`${name}\t${path}`);
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  }
}
