import type { ApiServer } from "./api-server.ts";
import { type Flags, toArgs } from "./flags.ts";
import type { ClusterKeys } from "./keys.ts";
import { kubeconfigFor } from "./kubeconfig.ts";
import { type Running, untilReady, type Workspace } from "./workspace.ts";

export interface ControllerManagerSite {
  readonly workspace: Workspace;
  readonly file: string;
  readonly keys: ClusterKeys;
  readonly apiServer: ApiServer;
}

/** Resolves once its controllers act: the first service account has been made. */
export async function startControllerManager(
  { workspace, file, keys, apiServer }: ControllerManagerSite,
  flags?: Flags,
): Promise<Running> {
  const config = kubeconfigFor(apiServer.server, keys.ca, keys.controllerManager);
  const defaults: Flags = {
    kubeconfig: workspace.file("controller-manager.kubeconfig", config),
    // Each controller acts as a service account of its own, as in a production cluster.
    "use-service-account-credentials": "true",
    "service-account-private-key-file": keys.serviceAccountKeyFile,
    "root-ca-file": keys.caFile,
    "leader-elect": "false",
    // No health or metrics port: nothing asks, and one port less can collide.
    "secure-port": "0",
    // It makes this folder, by default in the machine's own /usr.
    "flex-volume-plugin-dir": workspace.path("flex-volumes"),
    // The defaults (20 and 30) hold tests up.
    "kube-api-qps": "500",
    "kube-api-burst": "1000",
  };
  const args = toArgs(defaults, flags);
  const process = await workspace.start({ name: "kube-controller-manager", file, args });
  const account = "/api/v1/namespaces/default/serviceaccounts/default";
  await untilReady(process, async () => (await apiServer.request("GET", account)).status === 200);
  return process;
}
