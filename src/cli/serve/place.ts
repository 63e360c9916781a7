import { existsSync } from "node:fs";
import type { Connection } from "../../adapters/kube/api-client.ts";
import type { CliIo } from "../io.ts";
import type { ServeSettings } from "./settings.ts";

const NAME = "keymate-guard";
const SERVICE_ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount";

/** Where this guard runs, and what follows from it. */
export interface Place {
  readonly connection: Connection | undefined;
  readonly inCluster: boolean;
  /** The guard's own namespace; never intercepted. */
  readonly namespace: string;
  readonly host: string | undefined;
  readonly drainMs: number;
  readonly managesWebhooks: boolean;
  /** DNS names and addresses that the certificate has to cover. */
  readonly names: readonly string[];
}

/** Throws KubeError when credentials that were asked for cannot be read. */
export async function findPlace(settings: ServeSettings, io: CliIo): Promise<Place> {
  const mounted = existsSync(`${SERVICE_ACCOUNT}/token`);
  const connection = await connect(settings, io, mounted);
  const inCluster =
    settings.cluster === "in-cluster" || (settings.cluster === "auto" && connection !== undefined);
  const namespace = (inCluster ? connection?.namespace : undefined) ?? NAME;
  const host = settings.host ?? (inCluster ? undefined : "127.0.0.1");
  return {
    connection,
    inCluster,
    namespace,
    host,
    drainMs: settings.drain ?? (inCluster ? 10_000 : 0),
    managesWebhooks: connection !== undefined && (settings.manageWebhooks ?? inCluster),
    names: connection === undefined ? localNames(host) : serviceNames(namespace),
  };
}

async function connect(
  settings: ServeSettings,
  io: CliIo,
  inClusterPresent: boolean,
): Promise<Connection | undefined> {
  const { cluster, kubeconfig = io.env["KUBECONFIG"], context } = settings;
  if (cluster === "none" || (cluster === "auto" && !inClusterPresent)) return undefined;
  const { loadConnection } = await import("../../adapters/kube/connection.ts");
  const inClusterServer = serverFrom(io);
  return loadConnection({
    cluster,
    inClusterPresent,
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

/** What the API server verifies is `<service>.<namespace>.svc`; the others are for people. */
function serviceNames(namespace: string): readonly string[] {
  const service = `${NAME}.${namespace}.svc`;
  return [service, `${service}.cluster.local`, `${NAME}.${namespace}`, NAME];
}

function localNames(host: string | undefined): readonly string[] {
  const local = ["localhost", "127.0.0.1", "::1"];
  const wildcard = host === undefined || host === "0.0.0.0" || host === "::";
  return wildcard || local.includes(host) ? local : [host, ...local];
}
