import { SIZED } from "../support/manifests.ts";

/** A budget for the workload of the same name. */
export function budget(place: string, spec: object = { maxUnavailable: 1 }, app?: string) {
  const [namespace, name = ""] = place.split("/");
  return {
    apiVersion: "policy/v1",
    kind: "PodDisruptionBudget",
    metadata: { name, namespace },
    spec: { selector: { matchLabels: { app: app ?? name } }, ...spec },
  };
}

/** Any object; `place` is `namespace/name`. */
export function object<T extends object>(apiVersion: string, kind: string, place: string, rest: T) {
  const [namespace, name] = place.split("/");
  return { apiVersion, kind, metadata: { name, namespace }, ...rest };
}

/** A CloudNativePG Cluster that no rule has anything to say about. */
export function database(place: string, spec: object = {}) {
  return object("postgresql.cnpg.io/v1", "Cluster", place, {
    spec: {
      instances: 2,
      imageName: "registry.example/postgresql:16.4",
      resources: SIZED,
      backup: {
        retentionPolicy: "30d",
        barmanObjectStore: { destinationPath: "s3://backups", endpointURL: "https://s3.example" },
      },
      ...spec,
    },
  });
}

/** Backs a Cluster up at two every night, or when told otherwise. */
export function nightly(place: string, cluster: string, spec: object = {}) {
  return object("postgresql.cnpg.io/v1", "ScheduledBackup", place, {
    spec: { schedule: "0 0 2 * * *", cluster: { name: cluster }, ...spec },
  });
}

export function claim(place: string) {
  return object("v1", "PersistentVolumeClaim", place, {
    spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
  });
}

/** A NetworkPolicy over all Pods of its namespace. */
export function policy(place: string, ingress: readonly object[]) {
  return object("networking.k8s.io/v1", "NetworkPolicy", place, {
    spec: { podSelector: {}, policyTypes: ["Ingress"], ingress },
  });
}
