import { existsSync } from "node:fs";
import type { Connection } from "../../adapters/kube/api-client.ts";
import { environmentError } from "../../usecases/app-error.ts";
import type { CliIo } from "../io.ts";
import { SERVICE_ACCOUNT, serverFrom } from "../serve/place.ts";

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
  const inClusterPresent = existsSync(`${SERVICE_ACCOUNT}/token`);
  const isNamed = kubeconfig !== undefined || context !== undefined;
  const isInCluster = inClusterPresent && !isNamed;
  const { loadConnection } = await import("../../adapters/kube/connection.ts");
  const inClusterServer = serverFrom(io);
  const connection = await loadConnection({
    cluster: isInCluster ? "in-cluster" : "kubeconfig",
    inClusterPresent,
    ...(kubeconfig === undefined ? {} : { kubeconfig }),
    ...(context === undefined ? {} : { context }),
    ...(inClusterServer === undefined ? {} : { inClusterServer }),
  });
  if (connection !== undefined) return { connection, isInCluster };
  throw environmentError("audit-cluster", "there is no cluster to audit; name one by --kubeconfig");
}
