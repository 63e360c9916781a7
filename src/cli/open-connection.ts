import { existsSync } from "node:fs";
import type { Connection } from "../adapters/kube/api-client.ts";
import type { CliIo } from "./io.ts";

const SERVICE_ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount";

export function hasPodCredentials(): boolean {
  return existsSync(`${SERVICE_ACCOUNT}/token`);
}

interface Source {
  readonly cluster: "auto" | "in-cluster" | "kubeconfig";
  readonly kubeconfig: string | undefined;
  readonly context: string | undefined;
}

/** Throws KubeError when credentials cannot be read. */
export async function openConnection(
  { cluster, kubeconfig, context }: Source,
  io: CliIo,
): Promise<Connection | undefined> {
  const { loadConnection } = await import("../adapters/kube/connection.ts");
  const inClusterServer = serverFrom(io);
  return loadConnection({
    cluster,
    inClusterPresent: hasPodCredentials(),
    ...(kubeconfig === undefined ? {} : { kubeconfig }),
    ...(context === undefined ? {} : { context }),
    ...(inClusterServer === undefined ? {} : { inClusterServer }),
  });
}

function serverFrom({ env }: CliIo): string | undefined {
  const host = env["KUBERNETES_SERVICE_HOST"];
  if (host === undefined || host === "") return undefined;
  const port = env["KUBERNETES_SERVICE_PORT"] ?? "443";
  return `https://${host.includes(":") ? `[${host}]` : host}:${port}`;
}
