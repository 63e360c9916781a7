import { createAuthority, type KeyPair, rsaPair } from "./pki.ts";
import type { Workspace } from "./workspace.ts";

export interface ClusterKeys {
  readonly ca: string;
  readonly caFile: string;
  readonly servingCertFile: string;
  readonly servingKeyFile: string;
  readonly serviceAccountKeyFile: string;
  readonly serviceAccountPublicKeyFile: string;
  /** Client certificate in the group system:masters. */
  readonly admin: KeyPair;
  readonly controllerManager: KeyPair;
  readonly scheduler: KeyPair;
}

const SERVING_HOSTS = [
  "127.0.0.1",
  "10.0.0.1",
  "localhost",
  "kubernetes",
  "kubernetes.default",
  "kubernetes.default.svc",
  "kubernetes.default.svc.cluster.local",
];

/** Every key and certificate of one cluster, written to its workspace. */
export async function createKeys(workspace: Workspace): Promise<ClusterKeys> {
  const authority = await createAuthority("keymate-guard-test");
  const [serving, admin, controllerManager, scheduler, serviceAccount] = await Promise.all([
    authority.issue({ commonName: "kube-apiserver", hosts: SERVING_HOSTS }),
    authority.issue({ commonName: "admin", organization: "system:masters" }),
    authority.issue({ commonName: "system:kube-controller-manager" }),
    authority.issue({ commonName: "system:kube-scheduler" }),
    rsaPair(),
  ]);
  return {
    ca: authority.cert,
    caFile: workspace.file("ca.crt", authority.cert),
    servingCertFile: workspace.file("serving.crt", serving.cert),
    servingKeyFile: workspace.file("serving.key", serving.key),
    serviceAccountKeyFile: workspace.file("service-account.key", serviceAccount.key),
    serviceAccountPublicKeyFile: workspace.file("service-account.pub", serviceAccount.publicKey),
    admin,
    controllerManager,
    scheduler,
  };
}
