import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { SCENES } from "../../src/cli/demo/scenes.ts";
import { PLATFORM_NAMESPACES, Platform } from "../e2e/support/platform.ts";
import { ensureBinaries } from "./build.ts";

/** A control plane with the guard installed as shipped, to play with until Ctrl-C. */
async function main(): Promise<void> {
  const stopped = new Promise<void>((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve());
  });
  const { kubectl } = await ensureBinaries();
  console.error("starting etcd, kube-apiserver, kube-controller-manager and the guard …");
  const platform = await Platform.start();
  // The processes of a cluster do not keep this one alive.
  const alive = setInterval(() => {}, 60_000);
  console.log(welcome(platform, kubectl));
  await stopped;
  console.error("\nstopping …");
  clearInterval(alive);
  await platform.stop();
}

function welcome({ cluster, guard }: Platform, kubectl: string): string {
  const scenes = SCENES.map(({ title, file, object }) => {
    const path = join(cluster.dir, file);
    writeFileSync(path, stringify(object));
    return `  # ${title}\n  ${kubectl} apply -f ${path}`;
  });
  return `
A Kubernetes control plane with Keymate Guard is running. There is no kubelet: Pods stay Pending.
Namespaces of the platform: ${PLATFORM_NAMESPACES.join(", ")}

In another terminal:

  export KUBECONFIG=${cluster.kubeconfig}

${scenes.join("\n\n")}

Guard: http://127.0.0.1:${guard.opsPort}/metrics, http://127.0.0.1:${guard.opsPort}/readyz?verbose
Logs and policy.yaml (edit it, the guard takes it within seconds): ${cluster.dir}
Ctrl-C stops all of it and removes that folder.`;
}

await main();
