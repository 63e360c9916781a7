/** A chart inside a Go module: pinned, and checked by Go's own sums. */
export interface Chart {
  readonly name: string;
  readonly module: string;
  readonly version: string;
  readonly folder: string;
  /** A layer of the embedded policy that it would go to. */
  readonly namespace: string;
  readonly values?: readonly string[];
}

const FLAGGER = { module: "github.com/fluxcd/flagger", version: "v1.36.1" };

export const CHARTS: readonly Chart[] = [
  {
    name: "cert-manager",
    module: "github.com/cert-manager/cert-manager",
    version: "v1.21.2",
    folder: "deploy/charts/cert-manager",
    namespace: "platform-infrastructure",
    values: ["crds.enabled=true"],
  },
  {
    name: "descheduler",
    module: "sigs.k8s.io/descheduler",
    version: "v0.36.0",
    folder: "charts/descheduler",
    namespace: "platform-infrastructure",
  },
  { name: "flagger", ...FLAGGER, folder: "charts/flagger", namespace: "platform-infrastructure" },
  { name: "grafana", ...FLAGGER, folder: "charts/grafana", namespace: "platform-observability" },
  {
    name: "ingress-nginx",
    module: "k8s.io/ingress-nginx",
    version: "v0.0.0-20240708192948-52c50467d67d",
    folder: "charts/ingress-nginx",
    namespace: "platform-application",
  },
  {
    name: "metrics-server",
    module: "sigs.k8s.io/metrics-server",
    version: "v0.9.0",
    folder: "charts/metrics-server",
    namespace: "platform-observability",
  },
  { name: "podinfo", ...FLAGGER, folder: "charts/podinfo", namespace: "platform-application" },
];
