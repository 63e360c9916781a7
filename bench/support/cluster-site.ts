import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startCluster, type TestCluster } from "../../test/cluster/cluster.ts";
import { eventually } from "../../test/cluster/eventually.ts";
import { freePorts } from "../../test/cluster/ports.ts";
import { deployment } from "../reviews/deployment.ts";
import { startGuard } from "./guard.ts";

const OVERLAY = fileURLToPath(new URL("../../test/e2e/overlay", import.meta.url));
const POLICIES = fileURLToPath(new URL("../cel/policies.yaml", import.meta.url));

export type Extension = "none" | "guard" | "policies";

/** A real API server where each extension is in force in a namespace of its own. */
export interface Site {
  readonly server: string;
  /** The administrator's. */
  readonly kubeconfig: string;
  readonly namespaces: Readonly<Record<Extension, string>>;
  stop(): Promise<void>;
}

const NAMESPACES = { none: "bench-none", guard: "platform-application", policies: "bench-cel" };

export async function startSite(dir: string): Promise<Site> {
  const cluster = await startCluster({ controllerManager: true });
  try {
    return await prepare(cluster, dir);
  } catch (error) {
    await cluster.stop();
    throw error;
  }
}

async function prepare(cluster: TestCluster, dir: string): Promise<Site> {
  const installed = await cluster.kubectl(["apply", "-k", OVERLAY]);
  if (installed.code !== 0) throw new Error(installed.stderr);
  await cluster.apply(namespaces());
  await cluster.apply(readFileSync(POLICIES, "utf8"));
  const guard = await startInstalledGuard(cluster, dir);
  await eventually(() => isLabelled(cluster, NAMESPACES.guard));
  await eventually(() => isLabelled(cluster, NAMESPACES.policies));
  if (await isLabelled(cluster, NAMESPACES.none)) throw new Error("nothing should be in force");
  return {
    server: cluster.server,
    kubeconfig: cluster.kubeconfig,
    namespaces: NAMESPACES,
    async stop() {
      await guard.stop();
      await cluster.stop();
    },
  };
}

/** As shipped: it keeps its certificate in the Secret and writes its own webhook entries. */
async function startInstalledGuard(cluster: TestCluster, dir: string) {
  const kubeconfig = await cluster.tokenKubeconfig("keymate-guard", "keymate-guard");
  const policy = join(dir, "policy.yaml");
  // The embedded policy, kept away from the two namespaces that are compared with it.
  const excludedNamespaces = ["kube-system", "kube-public", "kube-node-lease"];
  excludedNamespaces.push(NAMESPACES.none, NAMESPACES.policies);
  const document = {
    apiVersion: "policy.keymate.io/v1alpha1",
    kind: "PlatformPolicy",
    metadata: { name: "keymate" },
    spec: { excludedNamespaces },
  };
  writeFileSync(policy, JSON.stringify(document));
  const [port = 0] = await freePorts(1);
  const args = ["--cluster", "kubeconfig", "--kubeconfig", kubeconfig, "--policy", policy];
  args.push("--manage-webhooks", "true", "--fail-policy", "fail", "--service-port", `${port}`);
  return await startGuard({ certDir: dir, port, args });
}

function namespaces(): string {
  const items = [
    { name: NAMESPACES.none },
    { name: NAMESPACES.guard, labels: { "policy.keymate.io/layer": "application" } },
    { name: NAMESPACES.policies, labels: { "bench.keymate.io/layer": "application" } },
  ].map((metadata) => ({ apiVersion: "v1", kind: "Namespace", metadata }));
  return JSON.stringify({ apiVersion: "v1", kind: "List", items });
}

async function isLabelled(cluster: TestCluster, namespace: string): Promise<boolean> {
  const path = `/apis/apps/v1/namespaces/${namespace}/deployments?dryRun=All`;
  const answer = await cluster.request("POST", path, deployment({ compliant: false, namespace }));
  return answer.status === 201 && answer.text.includes('"policy.keymate.io/layer":"application"');
}
