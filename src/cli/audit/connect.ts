import type { Connection } from "../../adapters/kube/api-client.ts";
import { environmentError } from "../../usecases/app-error.ts";
import type { CliIo } from "../io.ts";
import { hasPodCredentials, openConnection } from "../open-connection.ts";

export interface AuditedCluster {
  readonly connection: Connection;
  /** By the credentials that a Pod has. */
  readonly isInCluster: boolean;
}

/** Throws AppError or KubeError where there is no cluster that could be talked to. */
export async function connect(
  settings: { readonly kubeconfig: string | undefined; readonly context: string | undefined },
  io: CliIo,
): Promise<AuditedCluster> {
  const { kubeconfig = io.env["KUBECONFIG"] || undefined, context } = settings;
  const isNamed = kubeconfig !== undefined || context !== undefined;
  const isInCluster = hasPodCredentials() && !isNamed;
  const cluster = isInCluster ? "in-cluster" : "kubeconfig";
  const connection = await openConnection({ cluster, kubeconfig, context }, io);
  if (connection !== undefined) return { connection, isInCluster };
  throw environmentError("audit-cluster", "there is no cluster to audit; name one by --kubeconfig");
}
