import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { cp, readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { ensure, MODULES, preinstalled, say } from "./binary-cache.ts";
import { moduleFolder } from "./go-tool.ts";

const DEFAULT_KUBE_VERSION = "1.37.2";
const ETCD_VERSION = "3.7.3";
const KWOK_VERSION = "0.8.0";
const HELM_VERSION = "4.3.1";
const PROMETHEUS_VERSION = "3.16.0";

export interface Binaries {
  readonly apiserver: string;
  readonly controllerManager: string;
  readonly kubectl: string;
  readonly etcd: string;
}

export function kubeVersion(): string {
  return process.env["KEYMATE_GUARD_TEST_KUBE_VERSION"] || DEFAULT_KUBE_VERSION;
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

/** Path of kube-scheduler. */
export function ensureScheduler(): Promise<string> {
  return kubernetes("kube-scheduler");
}

export interface Kwok {
  readonly file: string;
  /** Folder of the Stage objects that come with it: what it plays for a kubelet. */
  readonly stages: string;
}

/** kwok, which plays the kubelets, and its stages. */
export async function ensureKwok(): Promise<Kwok> {
  const moduleDir = join(MODULES, `kwok-${KWOK_VERSION}`);
  const pkg = { moduleDir, path: "sigs.k8s.io/kwok/cmd/kwok", ldflags: "-s -w" };
  const file = await ensure("kwok", `kwok-${KWOK_VERSION}`, pkg);
  const stages = join(dirname(file), "stage");
  if (!existsSync(stages)) {
    const source = await moduleFolder(moduleDir, "sigs.k8s.io/kwok");
    await cp(join(source, "kustomize", "stage"), stages, { recursive: true });
  }
  return { file, stages };
}

/** Path of helm. */
export async function ensureHelm(): Promise<string> {
  const moduleDir = join(MODULES, `helm-${HELM_VERSION}`);
  const pkg = { moduleDir, path: "helm.sh/helm/v4/cmd/helm", ldflags: "-s -w" };
  return preinstalled("helm") ?? ensure("helm", `helm-${HELM_VERSION}`, pkg);
}

/** Path of promtool, which checks and tests the rules of Prometheus. */
export async function ensurePromtool(): Promise<string> {
  const moduleDir = join(MODULES, `prometheus-${PROMETHEUS_VERSION}`);
  // Without the clients of clouds, of which rules know nothing.
  const pkg = {
    moduleDir,
    path: "github.com/prometheus/prometheus/cmd/promtool",
    ldflags: "-s -w",
    tags: "remove_all_sd",
  };
  return preinstalled("promtool") ?? ensure("promtool", `prometheus-${PROMETHEUS_VERSION}`, pkg);
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
    const paths = {
      ...(await ensureBinaries()),
      scheduler: await ensureScheduler(),
      kwok: (await ensureKwok()).file,
      helm: await ensureHelm(),
      promtool: await ensurePromtool(),
      patchcheck: await ensurePatchcheck(),
    };
    for (const [name, path] of Object.entries(paths)) console.log(`${name}\t${path}`);
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  }
}
