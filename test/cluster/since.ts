import { kubeMinor, kubeVersion } from "./build.ts";

/** Options of a test that needs a newer Kubernetes: on an older one it is skipped, saying why. */
export function since(minor: number, feature: string): { readonly skip: string | false } {
  const isThere = kubeMinor() >= minor;
  return { skip: isThere ? false : `Kubernetes ${kubeVersion()} has no ${feature}` };
}
