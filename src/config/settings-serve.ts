import { choice, count, duration, flag, path, port, text } from "./setting-spec.ts";
import { failPolicy, modeCap, policyFile } from "./settings-policy-options.ts";

export const CLUSTER_SOURCES = ["auto", "none", "in-cluster", "kubeconfig"] as const;
export const CERT_SOURCES = ["self-managed", "files"] as const;

/** Milliseconds. Below it a guard does little else than renew. */
const SHORTEST_LIFE = 30_000;

export const SERVE_SETTINGS = {
  host: text("Address to listen on", {
    placeholder: "ADDRESS",
    defaultText: "127.0.0.1; all interfaces inside a cluster",
  }),
  port: port("Admission port, HTTPS", 8443),
  opsPort: port("Port for probes and metrics, plain HTTP", 8081),
  policy: policyFile,
  mode: modeCap,
  cluster: choice(
    "Where to look other objects up; auto is a kubeconfig that is named, else in-cluster, else none",
    CLUSTER_SOURCES,
    {
      default: "auto",
    },
  ),
  kubeconfig: path("Kubeconfig file of the cluster to look into", {
    defaultText: "KUBECONFIG, else ~/.kube/config",
  }),
  context: text("Context of the kubeconfig", {
    placeholder: "NAME",
    defaultText: "its current one",
  }),
  state: path("With --cluster none: YAML objects that stand for the cluster", {
    placeholder: "PATH",
  }),
  certSource: choice("Who issues the serving certificate", CERT_SOURCES, {
    default: "self-managed",
  }),
  certDir: path("Folder of ca.crt, ca.key, tls.crt and tls.key", {
    placeholder: "FOLDER",
    default: "certs",
  }),
  leafLife: duration("Life of the serving certificate", {
    default: 90 * 86_400_000,
    least: SHORTEST_LIFE,
  }),
  caLife: duration("Life of the certificate authority", {
    default: 1825 * 86_400_000,
    least: SHORTEST_LIFE,
  }),
  caOverlap: duration("How long a new authority is published before it signs", {
    default: 600_000,
  }),
  caDrop: duration("How long an old authority stays published", {
    default: 86_400_000,
    defaultText: "24h",
  }),
  manageWebhooks: flag("Write the webhook configurations of the cluster", true),
  events: flag(
    "Write Kubernetes Events about refusals and trouble; the default inside a cluster",
    true,
  ),
  failPolicy,
  failAfterReplicas: count(
    "With --fail-policy auto: how many replicas have to answer the API server side by side",
    2,
  ),
  failAfter: duration("With --fail-policy auto: for how long they have to", { default: 60_000 }),
  servicePort: port("Port of the Service that the webhook entries name", 443),
  drain: duration("How long to go on serving after a stop signal", {
    defaultText: "10s in a cluster, 0 without one",
  }),
} as const;
