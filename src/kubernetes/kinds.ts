/**
 * A kind with its API group as Kubernetes writes it: `Deployment.apps`, `Pod`,
 * `Cluster.postgresql.cnpg.io` (schema.GroupKind.String()).
 */
export type GroupKind = string;

/** What RBAC, webhook rules and list calls need to know about a kind. */
export interface KindInfo {
  readonly kind: string;
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly namespaced: boolean;
}

const kinds: readonly KindInfo[] = [
  core("Namespace", "namespaces", false),
  core("Pod", "pods"),
  core("ReplicationController", "replicationcontrollers"),
  core("LimitRange", "limitranges"),
  core("PersistentVolumeClaim", "persistentvolumeclaims"),
  info("apps", "v1", "Deployment", "deployments"),
  info("apps", "v1", "StatefulSet", "statefulsets"),
  info("apps", "v1", "DaemonSet", "daemonsets"),
  info("apps", "v1", "ReplicaSet", "replicasets"),
  info("batch", "v1", "Job", "jobs"),
  info("batch", "v1", "CronJob", "cronjobs"),
  info("postgresql.cnpg.io", "v1", "Cluster", "clusters"),
  info("postgresql.cnpg.io", "v1", "Pooler", "poolers"),
];

const byResource = new Map(kinds.map((kind) => [`${kind.plural}.${kind.group}`, kind]));
const byName = new Map(kinds.map((kind) => [groupKind(kind.group, kind.kind), kind]));

export function groupKind(group: string, kind: string): GroupKind {
  return group === "" ? kind : `${kind}.${group}`;
}

/** The kind of an object that states its apiVersion and kind. */
export function groupKindOf(apiVersion: string, kind: string): GroupKind {
  const slash = apiVersion.indexOf("/");
  return slash < 0 ? kind : groupKind(apiVersion.slice(0, slash), kind);
}

export function kindInfo(name: GroupKind): KindInfo | undefined {
  return byName.get(name);
}

/** The kind behind `deployments` of group `apps`, as a request for a subresource names it. */
export function kindByResource(group: string, plural: string): KindInfo | undefined {
  return byResource.get(`${plural}.${group}`);
}

export function apiVersionOf(kind: KindInfo): string {
  return kind.group === "" ? kind.version : `${kind.group}/${kind.version}`;
}

function core(kind: string, plural: string, namespaced = true): KindInfo {
  return { kind, group: "", version: "v1", plural, namespaced };
}

function info(group: string, version: string, kind: string, plural: string): KindInfo {
  return { kind, group, version, plural, namespaced: true };
}
