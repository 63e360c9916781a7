const COMPONENT = "policy.keymate.io/component";
export const LAYER = "policy.keymate.io/layer";

/** What the guide gives a container that says nothing. */
export const GUIDE = {
  requests: { cpu: "500m", memory: "512Mi" },
  limits: { cpu: "2", memory: "2Gi" },
};

/** Small, complete, and legal everywhere. */
export const SIZED = {
  requests: { cpu: "100m", memory: "64Mi" },
  limits: { cpu: "200m", memory: "128Mi" },
};

export interface Container {
  readonly name: string;
  readonly resources?: object;
  readonly [field: string]: unknown;
}

export interface WorkloadOptions {
  readonly component?: string;
  readonly containers?: readonly Container[];
  readonly initContainers?: readonly Container[];
  readonly replicas?: number;
  /** More of `metadata`. */
  readonly metadata?: object;
}

export type Kind =
  | "Deployment"
  | "StatefulSet"
  | "DaemonSet"
  | "ReplicaSet"
  | "Job"
  | "CronJob"
  | "Pod";

/** A bare manifest as people write it; `place` is `namespace/name`. */
export function workload(kind: Kind, place: string, options: WorkloadOptions = {}) {
  const [namespace = "", name = ""] = place.split("/");
  const { component, metadata } = options;
  const labels = component === undefined ? {} : { [COMPONENT]: component };
  return {
    apiVersion: apiVersions[kind],
    kind,
    metadata: { name, namespace, labels, ...metadata },
    spec: specOf(kind, name, options),
  };
}

const apiVersions: Readonly<Record<Kind, string>> = {
  Deployment: "apps/v1",
  StatefulSet: "apps/v1",
  DaemonSet: "apps/v1",
  ReplicaSet: "apps/v1",
  Job: "batch/v1",
  CronJob: "batch/v1",
  Pod: "v1",
};

function specOf(kind: Kind, name: string, options: WorkloadOptions): object {
  const labels = { app: name };
  const spec = podSpec(name, options, kind !== "Job" && kind !== "CronJob");
  const selected = { selector: { matchLabels: labels }, template: { metadata: { labels }, spec } };
  const job = { template: { metadata: { labels }, spec: { ...spec, restartPolicy: "Never" } } };
  switch (kind) {
    case "Pod":
      return spec;
    case "Job":
      return job;
    case "CronJob":
      return { schedule: "0 3 * * *", jobTemplate: { spec: job } };
    case "DaemonSet":
      return selected;
    default:
      return { replicas: options.replicas ?? 2, ...selected };
  }
}

/** Probed where it serves, so that what is refused is refused for what a test is about. */
function podSpec(name: string, { containers, initContainers }: WorkloadOptions, serves: boolean) {
  const probes = serves ? PROBES : {};
  return {
    ...(initContainers ? { initContainers: initContainers.map(complete) } : {}),
    containers: (containers ?? [{ name }]).map((one) => ({ ...probes, ...complete(one) })),
  };
}

/** Of a container that serves. */
export const PROBES = {
  readinessProbe: { httpGet: { path: "/ready", port: 8080 } },
  livenessProbe: { httpGet: { path: "/live", port: 8080 } },
};

function complete(container: Container) {
  return { image: `registry.example/${container.name}:1.4.0`, ...container };
}

export function namespace(name: string, layer?: string, labels: object = {}) {
  const all = layer === undefined ? labels : { [LAYER]: layer, ...labels };
  return { apiVersion: "v1", kind: "Namespace", metadata: { name, labels: all } };
}

/** A LimitRange named `limits` with one item for containers. */
export function limitRange(place: string, item: object) {
  return {
    apiVersion: "v1",
    kind: "LimitRange",
    metadata: { namespace: place, name: "limits" },
    spec: { limits: [{ type: "Container", ...item }] },
  };
}

/** As much of the database operator as admission needs to see. */
export const CLUSTER_CRD = {
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: "clusters.postgresql.cnpg.io" },
  spec: {
    group: "postgresql.cnpg.io",
    names: { kind: "Cluster", plural: "clusters", singular: "cluster" },
    scope: "Namespaced",
    versions: [
      {
        name: "v1",
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true },
        },
      },
    ],
  },
};
