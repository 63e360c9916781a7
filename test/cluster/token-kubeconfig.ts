import type { ApiServer } from "./api-server.ts";
import { kubeconfigFor } from "./kubeconfig.ts";
import type { Workspace } from "./workspace.ts";

export interface TokenOptions {
  /** At least 600, as the API server demands. */
  readonly expirationSeconds?: number;
  /** Another address of the API server, such as a forwarder's. */
  readonly server?: string;
}

type TokenKubeconfig = (namespace: string, name: string, options?: TokenOptions) => Promise<string>;

/** Asks TokenRequest, as the kubelet does for a pod, so that RBAC applies as in production. */
export function createTokenKubeconfig(
  workspace: Workspace,
  ca: string,
  apiServer: ApiServer,
): TokenKubeconfig {
  let count = 0;
  return async (namespace, name, { expirationSeconds = 3600, server = apiServer.server } = {}) => {
    const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`;
    const answer = await apiServer.request("POST", path, {
      apiVersion: "authentication.k8s.io/v1",
      kind: "TokenRequest",
      spec: { expirationSeconds },
    });
    if (answer.status !== 201) {
      throw new Error(`No token for ${namespace}/${name}: ${answer.status} ${answer.text}`);
    }
    const { token } = answer.json<{ status: { token: string } }>().status;
    count += 1;
    const file = `${namespace}.${name}.${count}.kubeconfig`;
    return workspace.file(file, kubeconfigFor(server, ca, { token }));
  };
}
