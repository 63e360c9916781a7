import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { ApiServer } from "./api-server.ts";
import { ensureKwok } from "./build.ts";
import { toArgs } from "./flags.ts";
import { type Running, untilReady, type Workspace } from "./workspace.ts";

/** Nodes initialise, pods run, volumes are provisioned, each as soon as it may. */
const STAGES = ["node/fast", "pod/fast", "volume/fast"];

export interface KwokSite {
  readonly workspace: Workspace;
  readonly apiServer: ApiServer;
}

/** Plays the kubelets of this many nodes, and a provisioner. Resolves when the nodes are ready. */
export async function startKwok(
  { workspace, apiServer }: KwokSite,
  nodes: number,
): Promise<Running> {
  const { file, stages } = await ensureKwok();
  const objects = STAGES.flatMap((folder) => readObjects(join(stages, folder)));
  const isStage = (text: string) => /^kind: Stage$/m.test(text);
  const args = toArgs({
    kubeconfig: apiServer.kubeconfig,
    config: workspace.file("kwok-stages.yaml", objects.filter(isStage).join("\n---\n")),
    "manage-all-nodes": "true",
    "node-lease-duration-seconds": "40",
  });
  const process = await workspace.start({ name: "kwok", file, args });
  await post(apiServer, "/apis/storage.k8s.io/v1/storageclasses", storageClass);
  for (let index = 0; index < nodes; index++) await post(apiServer, "/api/v1/nodes", node(index));
  await untilReady(process, async () => {
    const { items } = (await apiServer.request("GET", "/api/v1/nodes")).json<NodeList>();
    return items.every(({ status }) =>
      status.conditions?.some(({ type, status: value }) => type === "Ready" && value === "True"),
    );
  });
  return process;
}

interface NodeList {
  readonly items: readonly {
    readonly status: {
      readonly conditions?: readonly { readonly type: string; readonly status: string }[];
    };
  }[];
}

function readObjects(folder: string): string[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith(".yaml"))
    .map((file) => readFileSync(join(folder, file), "utf8"));
}

async function post(apiServer: ApiServer, path: string, body: object): Promise<void> {
  const { status, text } = await apiServer.request("POST", path, body);
  if (status !== 201) throw new Error(`POST ${path} was answered with ${status}: ${text}`);
}

/** The class that kwok's volume stages provision. */
const storageClass = {
  apiVersion: "storage.k8s.io/v1",
  kind: "StorageClass",
  metadata: {
    name: "kwok-volume",
    annotations: { "storageclass.kubernetes.io/is-default-class": "true" },
  },
  provisioner: "kwok.x-k8s.io/volume",
};

function node(index: number): object {
  const name = `node-${index}`;
  const labels = { "kubernetes.io/hostname": name, "topology.kubernetes.io/zone": `zone-${index}` };
  return { apiVersion: "v1", kind: "Node", metadata: { name, labels } };
}
