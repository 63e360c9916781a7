import { existsSync, readFileSync } from "node:fs";
import { type ApiRequest, createApiClient } from "./api-client.ts";
import { type Flags, toArgs } from "./flags.ts";
import type { ClusterKeys } from "./keys.ts";
import { kubeconfigFor } from "./kubeconfig.ts";
import { freePorts } from "./ports.ts";
import { type Running, untilReady, type Workspace } from "./workspace.ts";

export type AuditLevel = "Metadata" | "Request" | "RequestResponse";

export interface AuditEvent {
  readonly verb: string;
  readonly requestURI: string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly responseStatus?: { readonly code?: number; readonly message?: string };
  readonly [field: string]: unknown;
}

export interface ApiServerOptions {
  readonly flags?: Flags | undefined;
  /** Writes an audit log at this level; patches made by webhooks show from "Request" on. */
  readonly audit?: AuditLevel | undefined;
  /** Off, a pod needs no service account to exist and gets no token volume. */
  readonly serviceAccountAdmission?: boolean | undefined;
}

/** What every API server of one cluster shares. */
export interface ApiServerSite {
  readonly workspace: Workspace;
  readonly file: string;
  readonly keys: ClusterKeys;
  readonly etcdUrl: string;
}

export interface ApiServer {
  readonly server: string;
  /** Path of the administrator's kubeconfig for this very server. */
  readonly kubeconfig: string;
  readonly process: Running;
  /** Sends a request as administrator. */
  readonly request: ApiRequest;
  readonly metrics: () => Promise<string>;
  readonly auditEvents: () => AuditEvent[];
  /** Ends gracefully unless another signal is given. */
  stop(signal?: NodeJS.Signals): Promise<void>;
}

function auditFlags(site: ApiServerSite, name: string, level: AuditLevel | undefined): Flags {
  if (!level) return {};
  const policy = {
    apiVersion: "audit.k8s.io/v1",
    kind: "Policy",
    omitStages: ["RequestReceived"],
    rules: [{ level }],
  };
  return {
    "audit-policy-file": site.workspace.file(`${name}.policy.json`, JSON.stringify(policy)),
    "audit-log-path": site.workspace.path(`${name}.audit`),
  };
}

function baseFlags({ keys, etcdUrl }: ApiServerSite, port: number): Flags {
  return {
    "etcd-servers": etcdUrl,
    "bind-address": "127.0.0.1",
    "advertise-address": "127.0.0.1",
    "secure-port": String(port),
    "tls-cert-file": keys.servingCertFile,
    "tls-private-key-file": keys.servingKeyFile,
    "client-ca-file": keys.caFile,
    "authorization-mode": "RBAC",
    "allow-privileged": "true",
    "service-cluster-ip-range": "10.0.0.0/24",
    "service-account-issuer": "https://kubernetes.default.svc.cluster.local",
    "service-account-key-file": keys.serviceAccountPublicKeyFile,
    "service-account-signing-key-file": keys.serviceAccountKeyFile,
    // A loopback address is refused in the endpoints of the service "kubernetes".
    "endpoint-reconciler-type": "none",
  };
}

function readEvents(file: string): AuditEvent[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, "utf8").split("\n");
  // The last piece is empty, or a line still being written.
  return lines.slice(0, -1).map((line) => JSON.parse(line));
}

/** One API server; several may share the site, and so the etcd and the keys. */
export async function startApiServer(
  site: ApiServerSite,
  options: ApiServerOptions = {},
): Promise<ApiServer> {
  const { workspace, keys } = site;
  const [port = 0] = await freePorts(1);
  const name = `kube-apiserver-${port}`;
  const server = `https://127.0.0.1:${port}`;
  const admission: Flags =
    options.serviceAccountAdmission === false
      ? { "disable-admission-plugins": "ServiceAccount" }
      : {};
  const args = toArgs(
    baseFlags(site, port),
    admission,
    auditFlags(site, name, options.audit),
    options.flags,
  );
  const process = await workspace.start({ name, file: site.file, args });
  const client = createApiClient({ server, ca: keys.ca, client: keys.admin });
  const answers = async (path: string) => (await client.request("GET", path)).status === 200;
  // The namespace is made by a loop of the server that readiness does not wait for.
  await untilReady(
    process,
    async () => (await answers("/readyz")) && (await answers("/api/v1/namespaces/default")),
  );
  return {
    server,
    kubeconfig: workspace.file(`${name}.kubeconfig`, kubeconfigFor(server, keys.ca, keys.admin)),
    process,
    request: client.request,
    metrics: async () => (await client.request("GET", "/metrics")).text,
    auditEvents: () => readEvents(workspace.path(`${name}.audit`)),
    async stop(signal) {
      client.close();
      await process.stop(signal);
    },
  };
}
