import type { ApiServer } from "./api-server.ts";
import { ensureScheduler } from "./build.ts";
import { toArgs } from "./flags.ts";
import type { ClusterKeys } from "./keys.ts";
import { kubeconfigFor } from "./kubeconfig.ts";
import type { Running, Workspace } from "./workspace.ts";

export interface SchedulerSite {
  readonly workspace: Workspace;
  readonly keys: ClusterKeys;
  readonly apiServer: ApiServer;
}

/** Resolves when it runs; it takes pods as soon as its caches are filled. */
export async function startScheduler({
  workspace,
  keys,
  apiServer,
}: SchedulerSite): Promise<Running> {
  const config = kubeconfigFor(apiServer.server, keys.ca, keys.scheduler);
  const args = toArgs({
    kubeconfig: workspace.file("scheduler.kubeconfig", config),
    "leader-elect": "false",
    // No health or metrics port: nothing asks, and one port less can collide.
    "secure-port": "0",
    "kube-api-qps": "500",
    "kube-api-burst": "1000",
  });
  return workspace.start({ name: "kube-scheduler", file: await ensureScheduler(), args });
}
