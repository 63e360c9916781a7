import { ensureHelm } from "./build.ts";
import { createKubectl, type Kubectl } from "./kubectl.ts";

/** Runs helm as `createKubectl` runs kubectl: away from the caller's configuration. */
export async function createHelm(kubeconfig: string, home: string): Promise<Kubectl> {
  return createKubectl(await ensureHelm(), kubeconfig, home);
}
