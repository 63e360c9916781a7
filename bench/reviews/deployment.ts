export interface DeploymentOptions {
  /** Everything the rules ask for is there; otherwise resources and labels are missing. */
  readonly compliant: boolean;
  readonly namespace: string;
  readonly name?: string;
}

/** A service with a proxy beside it, as a chart would render it. */
export function deployment({ compliant, namespace, name = "orders" }: DeploymentOptions): object {
  const labels = {
    "app.kubernetes.io/name": name,
    "app.kubernetes.io/instance": name,
    "app.kubernetes.io/version": "2.4.1",
    ...(compliant
      ? {
          "app.kubernetes.io/part-of": "keymate",
          // A component of the platform would need a budget and a spread in the cluster as well.
          "policy.keymate.io/component": "none",
          "policy.keymate.io/layer": "application",
        }
      : {}),
  };
  const resources = compliant
    ? { requests: { cpu: "500m", memory: "512Mi" }, limits: { cpu: "2", memory: "2Gi" } }
    : {};
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name, namespace, labels },
    spec: {
      replicas: 2,
      selector: { matchLabels: { "app.kubernetes.io/name": name } },
      template: {
        metadata: { labels, annotations: { "prometheus.io/scrape": "true" } },
        spec: {
          containers: [service(resources), proxy(resources)],
          volumes: [{ name: "settings", configMap: { name: `${name}-settings` } }],
        },
      },
    },
  };
}

function service(resources: object): object {
  return {
    name: "orders",
    image: "registry.example/keymate/orders:2.4.1",
    ports: [{ name: "http", containerPort: 8080 }],
    env: [
      { name: "LOG_LEVEL", value: "info" },
      { name: "DATABASE_HOST", value: "orders-db.platform-data.svc" },
      { name: "OTEL_EXPORTER_OTLP_ENDPOINT", value: "http://otel-collector.observability:4317" },
      {
        name: "DATABASE_PASSWORD",
        valueFrom: { secretKeyRef: { name: "orders-db", key: "password" } },
      },
    ],
    readinessProbe: { httpGet: { path: "/ready", port: "http" }, periodSeconds: 5 },
    livenessProbe: { httpGet: { path: "/live", port: "http" } },
    volumeMounts: [{ name: "settings", mountPath: "/etc/orders", readOnly: true }],
    securityContext: { allowPrivilegeEscalation: false, runAsNonRoot: true },
    resources,
  };
}

function proxy(resources: object): object {
  return {
    name: "proxy",
    image: "registry.example/mesh/proxy:1.18.0",
    ports: [{ name: "proxy", containerPort: 15001 }],
    readinessProbe: { httpGet: { path: "/healthz", port: "proxy" } },
    livenessProbe: { httpGet: { path: "/livez", port: "proxy" } },
    securityContext: { allowPrivilegeEscalation: false, runAsNonRoot: true },
    resources,
  };
}
