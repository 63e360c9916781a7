import { type ApiServer, startApiServer } from "../../../cluster/api-server.ts";
import { ensureBinaries } from "../../../cluster/build.ts";
import { startControllerManager } from "../../../cluster/controller-manager.ts";
import { type Etcd, startEtcd } from "../../../cluster/etcd.ts";
import { type Forwarder, startForwarder } from "../../../cluster/forwarder.ts";
import { type ClusterKeys, createKeys } from "../../../cluster/keys.ts";
import { createKubectl, type KubectlResult } from "../../../cluster/kubectl.ts";
import { startKwok } from "../../../cluster/kwok.ts";
import { startScheduler } from "../../../cluster/scheduler.ts";
import { createTokenKubeconfig } from "../../../cluster/token-kubeconfig.ts";
import { type Running, Workspace } from "../../../cluster/workspace.ts";

type Binaries = Awaited<ReturnType<typeof ensureBinaries>>;

/**
 * A control plane whose parts end and start one by one, in any order, over one etcd folder. etcd and
 * the API server are reached through forwarders, so that their addresses stay.
 */
export class ControlPlane {
  readonly workspace: Workspace;
  readonly #binaries: Binaries;
  readonly #keys: ClusterKeys;
  readonly #etcdAddress: Forwarder;
  readonly #serverAddress: Forwarder;
  #etcd: Etcd | undefined;
  #apiServer: ApiServer | undefined;
  #others: Running[] = [];

  private constructor(parts: {
    readonly workspace: Workspace;
    readonly binaries: Binaries;
    readonly keys: ClusterKeys;
    readonly etcdAddress: Forwarder;
    readonly serverAddress: Forwarder;
  }) {
    this.workspace = parts.workspace;
    this.#binaries = parts.binaries;
    this.#keys = parts.keys;
    this.#etcdAddress = parts.etcdAddress;
    this.#serverAddress = parts.serverAddress;
  }

  static async create(): Promise<ControlPlane> {
    const workspace = new Workspace();
    return new ControlPlane({
      workspace,
      binaries: await ensureBinaries(),
      keys: await createKeys(workspace),
      etcdAddress: await startForwarder({ backends: [] }),
      serverAddress: await startForwarder({ backends: [] }),
    });
  }

  get apiServer(): ApiServer {
    if (this.#apiServer === undefined) throw new Error("the API server does not run");
    return this.#apiServer;
  }

  async startEtcd(): Promise<void> {
    this.#etcd = await startEtcd(this.workspace, this.#binaries.etcd);
    this.#etcdAddress.setBackends([Number(new URL(this.#etcd.url).port)]);
  }

  async startApiServer(): Promise<void> {
    this.#apiServer = await startApiServer({
      workspace: this.workspace,
      file: this.#binaries.apiserver,
      keys: this.#keys,
      etcdUrl: `http://127.0.0.1:${this.#etcdAddress.port}`,
    });
    this.#serverAddress.setBackends([Number(new URL(this.#apiServer.server).port)]);
  }

  async startControllers(): Promise<void> {
    const site = { workspace: this.workspace, keys: this.#keys, apiServer: this.apiServer };
    const file = this.#binaries.controllerManager;
    this.#others.push(await startControllerManager({ ...site, file }), await startScheduler(site));
  }

  /** New nodes, which register and stay ready. */
  async startNodes(): Promise<void> {
    const site = { workspace: this.workspace, apiServer: this.apiServer };
    this.#others.push(await startKwok(site, 2));
  }

  /** Ends controllers, scheduler and kubelets; etcd and the API server stay. */
  async stopOthers(): Promise<void> {
    await Promise.all(this.#others.map((part) => part.stop("SIGKILL")));
    this.#others = [];
  }

  async stopServers(): Promise<void> {
    this.#serverAddress.setBackends([]);
    await this.#apiServer?.stop("SIGKILL");
    this.#apiServer = undefined;
    this.#etcdAddress.setBackends([]);
    await this.#etcd?.process.stop();
    this.#etcd = undefined;
  }

  kubectl(args: readonly string[], stdin?: string): Promise<KubectlResult> {
    const { kubeconfig } = this.apiServer;
    const run = createKubectl(this.#binaries.kubectl, kubeconfig, this.workspace.dir);
    return run(args, stdin === undefined ? {} : { stdin });
  }

  /** A kubeconfig of the service account that outlives the API server. */
  guardKubeconfig(): Promise<string> {
    const make = createTokenKubeconfig(this.workspace, this.#keys.ca, this.apiServer);
    const server = `https://127.0.0.1:${this.#serverAddress.port}`;
    return make("keymate-guard", "keymate-guard", { server });
  }

  async stop(): Promise<void> {
    await this.workspace.stop();
    await Promise.all([this.#etcdAddress.stop(), this.#serverAddress.stop()]);
  }
}
