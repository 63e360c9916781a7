import type { ApiRequest } from "./api-client.ts";
import {
  type ApiServer,
  type ApiServerOptions,
  type AuditEvent,
  startApiServer,
} from "./api-server.ts";
import { ensureBinaries } from "./build.ts";
import { startControllerManager } from "./controller-manager.ts";
import { type Etcd, startEtcd } from "./etcd.ts";
import type { Flags } from "./flags.ts";
import { createKeys } from "./keys.ts";
import { createKubectl, type Kubectl } from "./kubectl.ts";
import { startKwok } from "./kwok.ts";
import { startScheduler } from "./scheduler.ts";
import { createTokenKubeconfig, type TokenOptions } from "./token-kubeconfig.ts";
import { type Running, Workspace } from "./workspace.ts";

export interface ClusterOptions extends ApiServerOptions {
  /**
   * Runs kube-controller-manager. Without it no ReplicaSet appears, no namespace goes away, and
   * nobody makes the service account "default" that pods use; ServiceAccount admission is then
   * off by default, since it would refuse every pod.
   */
  readonly controllerManager?: boolean;
  readonly controllerManagerFlags?: Flags;
  readonly etcdFlags?: Flags;
  /** Runs kube-scheduler, which needs nodes. */
  readonly scheduler?: boolean;
  /**
   * Runs kwok with this many nodes, 2 for true. With the scheduler and the controllers beside it
   * pods run, claims are bound and rollouts come to an end, all within seconds.
   */
  readonly kwok?: boolean | number;
}

export interface TestCluster {
  readonly server: string;
  readonly kubeconfig: string;
  readonly caFile: string;
  /** The cluster's folder, for files that should go away with it. */
  readonly dir: string;
  readonly etcd: Etcd;
  /** The first API server; the shorthands below talk to it. */
  readonly apiServer: ApiServer;
  readonly controllerManager: Running | undefined;
  readonly request: ApiRequest;
  readonly kubectl: Kubectl;
  /** Applies YAML or JSON text by kubectl and throws what kubectl says when that fails. */
  apply(manifest: string, ...args: readonly string[]): Promise<string>;
  /** Path of a kubeconfig that holds a fresh token of the service account. */
  tokenKubeconfig(namespace: string, name: string, options?: TokenOptions): Promise<string>;
  metrics(): Promise<string>;
  auditEvents(): AuditEvent[];
  /** One more API server on the same etcd, with the first one's options unless told otherwise. */
  addApiServer(options?: ApiServerOptions): Promise<ApiServer>;
  stop(): Promise<void>;
}

async function startIn(workspace: Workspace, options: ClusterOptions): Promise<TestCluster> {
  const binaries = await ensureBinaries();
  const [keys, etcd] = await Promise.all([
    createKeys(workspace),
    startEtcd(workspace, binaries.etcd, options.etcdFlags),
  ]);
  const site = { workspace, file: binaries.apiserver, keys, etcdUrl: etcd.url };
  const { controllerManager: managed = false, serviceAccountAdmission = managed } = options;
  const shared = { ...options, serviceAccountAdmission };
  const apiServer = await startApiServer(site, shared);
  const controllerManager = managed
    ? await startControllerManager(
        { workspace, file: binaries.controllerManager, keys, apiServer },
        options.controllerManagerFlags,
      )
    : undefined;
  const parts = { workspace, keys, apiServer };
  if (options.scheduler) await startScheduler(parts);
  if (options.kwok) await startKwok(parts, options.kwok === true ? 2 : options.kwok);
  const kubectl = createKubectl(binaries.kubectl, apiServer.kubeconfig, workspace.dir);
  const { server, kubeconfig, request, metrics, auditEvents } = apiServer;

  return {
    server,
    kubeconfig,
    caFile: keys.caFile,
    dir: workspace.dir,
    etcd,
    apiServer,
    controllerManager,
    request,
    kubectl,
    async apply(manifest, ...args) {
      const result = await kubectl(["apply", "-f", "-", ...args], { stdin: manifest });
      if (result.code !== 0) throw new Error(`kubectl apply failed:\n${result.stderr}`);
      return result.stdout;
    },
    tokenKubeconfig: createTokenKubeconfig(workspace, keys.ca, apiServer),
    metrics,
    auditEvents,
    addApiServer: (more) => startApiServer(site, { ...shared, ...more }),
    stop: () => workspace.stop(),
  };
}

/** A real control plane on loopback ports. It also ends when this process does. */
export async function startCluster(options: ClusterOptions = {}): Promise<TestCluster> {
  const workspace = new Workspace();
  try {
    return await startIn(workspace, options);
  } catch (error) {
    await workspace.stop();
    throw error;
  }
}
