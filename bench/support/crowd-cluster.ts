import { startCluster, type TestCluster } from "../../test/cluster/cluster.ts";
import {
  autoscaler,
  budget,
  type CrowdSize,
  isStateful,
  namespaces,
  networkPolicy,
  pod,
  replicaSet,
  workload,
} from "./crowd.ts";

/** How many writes are under way at once: more only makes etcd wait. */
const WRITERS = 24;

interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly status?: object;
}

/** A real API server that holds the crowd. */
export interface Crowd {
  /** The administrator's. */
  readonly kubeconfig: string;
  stop(): Promise<void>;
}

/** Writes every object through the API, as whoever owns such a cluster did. */
export async function startCrowd(
  size: CrowdSize,
  progress: (text: string) => void,
): Promise<Crowd> {
  const cluster = await startCluster();
  try {
    for (const namespace of namespaces()) await write(cluster, namespace as unknown as Manifest);
    const objects = objectsOf(size);
    let written = 0;
    await Promise.all(
      Array.from({ length: WRITERS }, async () => {
        for (const object of objects) {
          await write(cluster, object);
          if (++written % 1_000 === 0) progress(`${written} objects written`);
        }
      }),
    );
  } catch (error) {
    await cluster.stop();
    throw error;
  }
  return cluster;
}

function* objectsOf(size: CrowdSize): Generator<Manifest> {
  const { workloads, budgets, autoscalers, networkPolicies, pods } = size;
  const made: readonly [number, (index: number) => object][] = [
    [workloads, workload],
    [budgets, budget],
    [autoscalers, autoscaler],
    [networkPolicies, networkPolicy],
    [pods, (index) => pod(index, workloads)],
  ];
  for (const [count, make] of made) {
    for (let index = 0; index < count; index++) yield make(index) as Manifest;
  }
  for (let index = 0; index < workloads; index++) {
    if (!isStateful(index)) yield replicaSet(index) as unknown as Manifest;
  }
}

async function write({ request }: TestCluster, object: Manifest): Promise<void> {
  const collection = pathOf(object);
  const created = await request("POST", collection, object);
  if (created.status !== 201) throw new Error(`${collection}: ${created.text}`);
  if (object.status === undefined) return;
  const path = `${collection}/${object.metadata.name}/status`;
  const { status } = object;
  const updated = await request("PATCH", path, { status }, "application/merge-patch+json");
  if (updated.status !== 200) throw new Error(`${path}: ${updated.text}`);
}

function pathOf({ apiVersion, kind, metadata }: Manifest): string {
  const root = apiVersion === "v1" ? "/api/v1" : `/apis/${apiVersion}`;
  const resource = kind.endsWith("y") ? `${kind.slice(0, -1)}ies` : `${kind}s`;
  const scope = metadata.namespace === undefined ? "" : `/namespaces/${metadata.namespace}`;
  return `${root}${scope}/${resource.toLowerCase()}`;
}
