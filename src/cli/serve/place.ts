import type { Connection } from "../../adapters/kube/api-client.ts";
import { usageError } from "../../usecases/app-error.ts";
import type { CliIo } from "../io.ts";
import { hasPodCredentials, openConnection } from "../open-connection.ts";
import type { ServeSettings } from "./settings.ts";

const NAME = "keymate-guard";

type ClusterSettings = Pick<ServeSettings, "cluster" | "kubeconfig" | "context">;

/** Where this guard runs, and what follows from it. */
export interface Place {
  readonly connection: Connection | undefined;
  readonly inCluster: boolean;
  /** The guard's own namespace; never intercepted. */
  readonly namespace: string;
  readonly host: string | undefined;
  readonly drainMs: number;
  readonly managesWebhooks: boolean;
  readonly writesEvents: boolean;
  /** DNS names and addresses that the certificate has to cover; of somebody else's, the least. */
  readonly names: readonly string[];
}

/**
 * Throws KubeError when credentials that were asked for cannot be read, AppError for settings that
 * contradict each other.
 */
export async function findPlace(settings: ServeSettings, io: CliIo): Promise<Place> {
  const connection = await connectTo(settings, io);
  if (connection !== undefined && settings.state !== undefined) {
    throw usageError(
      "state-beside-cluster",
      `--state stands for a cluster, but ${connection.server} is there: leave it out, or add --cluster none`,
    );
  }
  if (connection === undefined && settings.manageWebhooks === true) {
    throw usageError(
      "webhooks-without-cluster",
      "--manage-webhooks writes to a cluster, but there is none: leave it out, or add --cluster kubeconfig",
    );
  }
  if (connection === undefined && settings.events === true) {
    throw usageError(
      "events-without-cluster",
      "--events writes to a cluster, but there is none: leave it out, or add --cluster kubeconfig",
    );
  }
  const namespace = ownNamespace(settings, connection);
  const inCluster = isInCluster(settings, connection);
  const host = settings.host ?? (inCluster ? undefined : "127.0.0.1");
  const managesWebhooks = connection !== undefined && (settings.manageWebhooks ?? inCluster);
  return {
    connection,
    inCluster,
    namespace,
    host,
    drainMs: settings.drain ?? (inCluster ? 10_000 : 0),
    managesWebhooks,
    writesEvents: connection !== undefined && (settings.events ?? inCluster),
    names:
      settings.certSource === "files"
        ? calledNames(namespace, inCluster || managesWebhooks)
        : [
            ...(connection === undefined ? [] : serviceNames(namespace)),
            ...(inCluster ? [] : localNames(host)),
          ],
  };
}

/** The cluster that settings name or that is around; undefined for none. Throws as `findPlace`. */
export async function connectTo(
  settings: ClusterSettings,
  io: CliIo,
): Promise<Connection | undefined> {
  refuseContradiction(settings);
  const cluster = clusterOf(settings);
  if (cluster === "none" || (cluster === "auto" && !hasPodCredentials())) return undefined;
  const { kubeconfig = io.env["KUBECONFIG"], context } = settings;
  return await openConnection({ cluster, kubeconfig, context }, io);
}

function isInCluster(settings: ClusterSettings, connection: Connection | undefined): boolean {
  const cluster = clusterOf(settings);
  return cluster === "in-cluster" || (cluster === "auto" && connection !== undefined);
}

/** The namespace of this pod; outside, that of the manifests and not what a kubeconfig prefers. */
export function ownNamespace(
  settings: ClusterSettings,
  connection: Connection | undefined,
): string {
  return (isInCluster(settings, connection) ? connection?.namespace : undefined) ?? NAME;
}

function refuseContradiction({ cluster, kubeconfig, context }: ClusterSettings): void {
  if (cluster !== "none" || (kubeconfig === undefined && context === undefined)) return;
  const named = kubeconfig === undefined ? "--context" : "--kubeconfig";
  throw usageError(
    "cluster-none-beside-kubeconfig",
    `${named} names a cluster, but --cluster none asks for none: leave one of them out`,
  );
}

/** Whoever names a kubeconfig means the cluster behind it. */
function clusterOf({ cluster, kubeconfig, context }: ClusterSettings): ServeSettings["cluster"] {
  const isNamed = kubeconfig !== undefined || context !== undefined;
  return cluster === "auto" && isNamed ? "kubeconfig" : cluster;
}

/** What the API server verifies; by a URL of somebody's own it may be anything. */
function calledNames(namespace: string, byService: boolean): readonly string[] {
  return byService ? [`${NAME}.${namespace}.svc`] : [];
}

/** With the names that people use. */
function serviceNames(namespace: string): readonly string[] {
  const service = `${NAME}.${namespace}.svc`;
  return [service, `${service}.cluster.local`, `${NAME}.${namespace}`, NAME];
}

function localNames(host: string | undefined): readonly string[] {
  const local = ["localhost", "127.0.0.1", "::1"];
  const wildcard = host === undefined || host === "0.0.0.0" || host === "::";
  return wildcard || local.includes(host) ? local : [host, ...local];
}
