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
  /** Versions in which what rules read is the same; a cluster may serve only one of these. */
  readonly otherVersions?: readonly string[];
}

const kinds: readonly KindInfo[] = [
  core("Namespace", "namespaces", false),
  core("Pod", "pods"),
  core("ReplicationController", "replicationcontrollers"),
  core("LimitRange", "limitranges"),
  core("PersistentVolumeClaim", "persistentvolumeclaims"),
  core("Service", "services"),
  core("ConfigMap", "configmaps"),
  core("Secret", "secrets"),
  core("ResourceQuota", "resourcequotas"),
  core("Node", "nodes", false),
  info("apps", "v1", "Deployment", "deployments"),
  info("apps", "v1", "StatefulSet", "statefulsets"),
  info("apps", "v1", "DaemonSet", "daemonsets"),
  info("apps", "v1", "ReplicaSet", "replicasets"),
  info("batch", "v1", "Job", "jobs"),
  info("batch", "v1", "CronJob", "cronjobs"),
  info("postgresql.cnpg.io", "v1", "Cluster", "clusters"),
  info("postgresql.cnpg.io", "v1", "Pooler", "poolers"),
  info("postgresql.cnpg.io", "v1", "Backup", "backups"),
  info("postgresql.cnpg.io", "v1", "ScheduledBackup", "scheduledbackups"),
  info("postgresql.cnpg.io", "v1", "ImageCatalog", "imagecatalogs"),
  clusterScoped("postgresql.cnpg.io", "v1", "ClusterImageCatalog", "clusterimagecatalogs"),
  info("barmancloud.cnpg.io", "v1", "ObjectStore", "objectstores"),
  info("k8s.keycloak.org", "v2alpha1", "Keycloak", "keycloaks", ["v2beta1"]),
  info("apps", "v1", "ControllerRevision", "controllerrevisions"),
  info("autoscaling", "v2", "HorizontalPodAutoscaler", "horizontalpodautoscalers"),
  info("keda.sh", "v1alpha1", "ScaledObject", "scaledobjects"),
  info("policy", "v1", "PodDisruptionBudget", "poddisruptionbudgets"),
  info("networking.k8s.io", "v1", "Ingress", "ingresses"),
  info("networking.k8s.io", "v1", "NetworkPolicy", "networkpolicies"),
  info("snapshot.storage.k8s.io", "v1", "VolumeSnapshot", "volumesnapshots"),
  info("velero.io", "v1", "Backup", "backups"),
  info("velero.io", "v1", "Schedule", "schedules"),
  info("velero.io", "v1", "Restore", "restores"),
  info("velero.io", "v1", "BackupStorageLocation", "backupstoragelocations"),
  info("monitoring.coreos.com", "v1", "ServiceMonitor", "servicemonitors"),
  info("monitoring.coreos.com", "v1", "PodMonitor", "podmonitors"),
  info("monitoring.coreos.com", "v1", "PrometheusRule", "prometheusrules"),
  info("security.istio.io", "v1", "PeerAuthentication", "peerauthentications", ["v1beta1"]),
  info("networking.istio.io", "v1", "DestinationRule", "destinationrules", ["v1beta1", "v1alpha3"]),
  info("networking.istio.io", "v1", "VirtualService", "virtualservices", ["v1beta1", "v1alpha3"]),
  info("networking.istio.io", "v1", "Gateway", "gateways", ["v1beta1", "v1alpha3"]),
  info("gateway.networking.k8s.io", "v1", "Gateway", "gateways", ["v1beta1"]),
  info("gateway.networking.k8s.io", "v1", "HTTPRoute", "httproutes", ["v1beta1"]),
  info("gateway.networking.k8s.io", "v1", "GRPCRoute", "grpcroutes", ["v1alpha2"]),
  info("gateway.networking.k8s.io", "v1alpha2", "TCPRoute", "tcproutes", ["v1"]),
  info("gateway.networking.k8s.io", "v1", "TLSRoute", "tlsroutes", ["v1alpha3", "v1alpha2"]),
  info("gateway.networking.k8s.io", "v1beta1", "ReferenceGrant", "referencegrants", ["v1"]),
  info("metrics.k8s.io", "v1beta1", "PodMetrics", "pods"),
  info("cert-manager.io", "v1", "Certificate", "certificates"),
  info("grafana.integreatly.org", "v1beta1", "GrafanaDashboard", "grafanadashboards"),
  info("grafana.integreatly.org", "v1beta1", "GrafanaAlertRuleGroup", "grafanaalertrulegroups"),
  info("argoproj.io", "v1alpha1", "Application", "applications"),
  info("cilium.io", "v2", "CiliumNetworkPolicy", "ciliumnetworkpolicies"),
  clusterScoped(
    "cilium.io",
    "v2",
    "CiliumClusterwideNetworkPolicy",
    "ciliumclusterwidenetworkpolicies",
  ),
  info("projectcalico.org", "v3", "NetworkPolicy", "networkpolicies"),
  clusterScoped("projectcalico.org", "v3", "GlobalNetworkPolicy", "globalnetworkpolicies"),
  info("crd.projectcalico.org", "v1", "NetworkPolicy", "networkpolicies"),
  clusterScoped("crd.projectcalico.org", "v1", "GlobalNetworkPolicy", "globalnetworkpolicies"),
  info("helm.toolkit.fluxcd.io", "v2", "HelmRelease", "helmreleases", ["v2beta2", "v2beta1"]),
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

/** Every version that serves what rules read, the most likely first. */
export function versionsOf(kind: KindInfo): readonly string[] {
  return [kind.version, ...(kind.otherVersions ?? [])];
}

export function apiVersionOf(kind: KindInfo): string {
  return kind.group === "" ? kind.version : `${kind.group}/${kind.version}`;
}

function core(kind: string, plural: string, namespaced = true): KindInfo {
  return { kind, group: "", version: "v1", plural, namespaced };
}

function info(
  group: string,
  version: string,
  kind: string,
  plural: string,
  otherVersions: readonly string[] = [],
): KindInfo {
  return { kind, group, version, plural, namespaced: true, otherVersions };
}

function clusterScoped(group: string, version: string, kind: string, plural: string): KindInfo {
  return { kind, group, version, plural, namespaced: false };
}
