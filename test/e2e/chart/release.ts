import { parse } from "yaml";
import { dig } from "../../../src/kubernetes/json.ts";
import type { TestCluster } from "../../cluster/cluster.ts";
import { createHelm } from "../../cluster/helm.ts";
import type { KubectlResult } from "../../cluster/kubectl.ts";
import type { InstallationSource } from "../support/installation.ts";
import { namespace } from "../support/manifests.ts";
import { succeeded } from "../support/platform.ts";
import { CHART } from "./render.ts";

const RELEASE = ["keymate-guard", "--namespace=keymate-guard"];

/** As docs/helm.md has it made. */
const NAMESPACE = namespace("keymate-guard", undefined, {
  "app.kubernetes.io/name": "keymate-guard",
  "pod-security.kubernetes.io/enforce": "restricted",
});

export async function createNamespace(cluster: TestCluster): Promise<void> {
  await cluster.apply(JSON.stringify(NAMESPACE));
}

/** The shipped chart, unchanged. */
export function byHelm(values: object = {}): InstallationSource {
  return async (cluster) => {
    await createNamespace(cluster);
    succeeded(await helm(cluster, "install", values));
    await leadToLoopback(cluster);
  };
}

/** There is no pod network here: kube-proxy's part is played by a forwarder. */
async function leadToLoopback(cluster: TestCluster): Promise<void> {
  const change = { spec: { type: "ExternalName", externalName: "localhost" } };
  const args = ["-n", "keymate-guard", "--type=merge", "-p", JSON.stringify(change)];
  succeeded(await cluster.kubectl(["patch", "service", "keymate-guard", ...args]));
}

export async function helm(
  cluster: TestCluster,
  verb: "install" | "upgrade",
  values: object,
  ...flags: readonly string[]
): Promise<KubectlResult> {
  const run = await createHelm(cluster.kubeconfig, cluster.dir);
  const [name = "", ...where] = RELEASE;
  return run([verb, name, CHART, ...where, "--values=-", ...flags], {
    stdin: JSON.stringify(values),
  });
}

export async function onRelease(
  cluster: TestCluster,
  verb: "uninstall" | "rollback" | "status",
  ...flags: readonly string[]
): Promise<KubectlResult> {
  const run = await createHelm(cluster.kubeconfig, cluster.dir);
  return run([verb, ...RELEASE, ...flags]);
}

/** Flags that the Deployment in the cluster gives its guards, but for where things are. */
export async function deployedFlags(cluster: TestCluster): Promise<readonly string[]> {
  const path = "/apis/apps/v1/namespaces/keymate-guard/deployments/keymate-guard";
  const deployment: unknown = parse((await cluster.request("GET", path)).text);
  const [container] = dig(deployment, "spec", "template", "spec", "containers") as [
    { readonly args: readonly string[] },
  ];
  return container.args.filter((arg) => !/^(?:serve$|--cluster=|--policy=)/.test(arg));
}
