import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import type { Cluster, User } from "@kubernetes/client-node/dist/config_types.js";
import type { Connection } from "./api-client.ts";
import { Credentials } from "./credentials.ts";
import { HttpConnection } from "./http-connection.ts";
import { KubeError } from "./kube-error.ts";
import { readKubeconfig } from "./kubeconfig.ts";

const SERVICE_ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount";

export interface ConnectionSettings {
  readonly cluster: "auto" | "none" | "in-cluster" | "kubeconfig";
  /** One path, or several as the KUBECONFIG variable lists them; default ~/.kube/config. */
  readonly kubeconfig?: string;
  readonly context?: string;
  /** Whether service account credentials are mounted here. */
  readonly inClusterPresent: boolean;
  /** From KUBERNETES_SERVICE_HOST and _PORT, which need no DNS. */
  readonly inClusterServer?: string;
  /** Folder with token, ca.crt and namespace. */
  readonly serviceAccountDir?: string;
}

interface Login {
  readonly cluster: Cluster;
  readonly user: User;
  readonly namespace: string | undefined;
}

/**
 * The connection that the settings ask for, undefined for none. Nothing is sent yet.
 * Throws KubeError `kubeconfig` when the credentials cannot be read.
 */
export async function loadConnection(
  settings: ConnectionSettings,
): Promise<Connection | undefined> {
  const { cluster } = settings;
  if (cluster === "none" || (cluster === "auto" && !settings.inClusterPresent)) return undefined;
  const load = () => (cluster === "kubeconfig" ? kubeconfigLogin(settings) : podLogin(settings));
  const credentials = new Credentials(await load(), {
    load,
    execAuth: async () =>
      new (await import("@kubernetes/client-node/dist/exec_auth.js")).ExecAuth(),
    fileAuth: async () =>
      new (await import("@kubernetes/client-node/dist/file_auth.js")).FileAuth(),
    fullConfig: async (login) => {
      // 300 ms and 80 MB, so only for what nothing smaller can do: OIDC and cloud logins, proxies.
      const { KubeConfig } = await import("@kubernetes/client-node/dist/config.js");
      const config = new KubeConfig();
      config.loadFromClusterAndUser(login.cluster, login.user);
      return config;
    },
  });
  return new HttpConnection(credentials);
}

async function podLogin(settings: ConnectionSettings): Promise<Login> {
  const folder = settings.serviceAccountDir ?? SERVICE_ACCOUNT;
  if (!settings.inClusterPresent) {
    throw new KubeError(
      "kubeconfig",
      "there are no in-cluster credentials here; use --cluster kubeconfig, or mount the service account token",
    );
  }
  const namespace = await readFile(join(folder, "namespace"), "utf8").catch(() => "");
  return {
    cluster: {
      name: "in-cluster",
      server: settings.inClusterServer ?? "https://kubernetes.default.svc",
      caFile: join(folder, "ca.crt"),
      skipTLSVerify: false,
    },
    user: {
      name: "service-account",
      authProvider: { name: "tokenFile", config: { tokenFile: join(folder, "token") } },
    },
    namespace: namespace.trim() || undefined,
  };
}

async function kubeconfigLogin(settings: ConnectionSettings): Promise<Login> {
  const paths = settings.kubeconfig ?? join(homedir(), ".kube", "config");
  const file = await readKubeconfig(paths);
  const types = await import("@kubernetes/client-node/dist/config_types.js");
  const fail = (problem: string) =>
    new KubeError("kubeconfig", `kubeconfig ${paths}: ${problem}; name one by --context`);
  try {
    const name = settings.context ?? file.currentContext;
    if (name === undefined) throw fail("it has no current-context");
    const context = types.newContexts(file.contexts).find((entry) => entry.name === name);
    if (context === undefined) throw fail(`it has no context ${name}`);
    const cluster = types.newClusters(file.clusters).find((c) => c.name === context.cluster);
    if (cluster === undefined) {
      throw fail(`context ${name} names cluster ${context.cluster}, which it does not hold`);
    }
    const user = types.newUsers(file.users).find((entry) => entry.name === context.user);
    return { cluster, user: user ?? { name: "anonymous" }, namespace: context.namespace };
  } catch (error) {
    if (error instanceof KubeError) throw error;
    throw new KubeError("kubeconfig", `kubeconfig ${paths}: ${(error as Error).message}`, {
      cause: error,
    });
  }
}
