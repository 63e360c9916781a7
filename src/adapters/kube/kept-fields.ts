import { PREFIX } from "../../engine/platform.ts";
import type { GroupKind } from "../../kubernetes/kinds.ts";
import { SCRAPE_ANNOTATION } from "../../kubernetes/scrape.ts";
import { STICKY_ANNOTATIONS } from "../../kubernetes/session-affinity.ts";

/** `resourceVersion` is what a new list is compared by. */
export const KEPT_METADATA = [
  "name",
  "namespace",
  "uid",
  "resourceVersion",
  "generation",
  "creationTimestamp",
  "deletionTimestamp",
  "labels",
  "ownerReferences",
];

/** Annotations of other projects that rules read, on objects and on pod templates. */
const keptAnnotations: ReadonlySet<string> = new Set([
  "meta.helm.sh/release-name",
  "deployment.kubernetes.io/revision",
  "autoscaling.keda.sh/paused",
  "autoscaling.keda.sh/paused-replicas",
  "cnpg.io/hibernation",
  "backup.velero.io/backup-volumes",
  "backup.velero.io/backup-volumes-excludes",
  "sidecar.opentelemetry.io/inject",
  ...STICKY_ANNOTATIONS,
]);

/** The same, for the rules of the audit alone. */
const auditAnnotations: ReadonlySet<string> = new Set([
  SCRAPE_ANNOTATION,
  "cert-manager.io/certificate-name",
  "kubernetes.io/service-account.name",
]);

/** On a namespace they hold for all Pods in it. */
const INSTRUMENTATION = "instrumentation.opentelemetry.io/inject-";

export function isKeptAnnotation(key: string, door: "admission" | "audit" = "admission"): boolean {
  if (door === "audit" && auditAnnotations.has(key)) return true;
  return key.startsWith(PREFIX) || keptAnnotations.has(key) || key.startsWith(INSTRUMENTATION);
}

/**
 * What rules read outside metadata: a dotted path each, `[]` for every item of a list, `{a,b}` for
 * several fields of one parent. A kind that is not listed keeps its whole spec and no status.
 */
export const KEPT_FIELDS: Readonly<Record<GroupKind, readonly string[]>> = {
  Namespace: [],
  Pod: ["spec.volumes[].{name,persistentVolumeClaim}"],
  PersistentVolumeClaim: ["spec.{storageClassName,volumeName}", "status.phase"],
  Service: ["spec.{type,selector,ports,clusterIP,clusterIPs,externalName,externalIPs}"],
  LimitRange: ["spec"],
  "HorizontalPodAutoscaler.autoscaling": ["spec.{scaleTargetRef,minReplicas,maxReplicas}"],
  "ScaledObject.keda.sh": [
    "spec.{scaleTargetRef,minReplicaCount,maxReplicaCount,idleReplicaCount}",
  ],
  "Deployment.apps": [
    ...workload("spec.template"),
    "spec.paused",
    ...status("replicas,updatedReplicas,readyReplicas,availableReplicas,unavailableReplicas"),
  ],
  "StatefulSet.apps": [
    ...workload("spec.template"),
    "spec.{serviceName,updateStrategy,ordinals}",
    "spec.volumeClaimTemplates[].metadata.{name,labels}",
    ...status("replicas,updatedReplicas,readyReplicas,currentReplicas,availableReplicas"),
    "status.{currentRevision,updateRevision}",
  ],
  "DaemonSet.apps": [
    ...workload("spec.template"),
    "spec.updateStrategy",
    ...status("desiredNumberScheduled,updatedNumberScheduled,numberReady,numberAvailable"),
  ],
  "CronJob.batch": [
    ...workload("spec.jobTemplate.spec.template"),
    "spec.{schedule,timeZone,suspend}",
  ],
  ReplicationController: ["spec.{replicas,selector}", "spec.template.metadata.labels"],
  // Mostly made by the workloads above, of which they are copies.
  "ReplicaSet.apps": images("spec.template"),
  "ControllerRevision.apps": ["revision", ...images("data.spec.template")],
  "Job.batch": [],
  "Cluster.postgresql.cnpg.io": [
    "spec.{instances,minSyncReplicas,maxSyncReplicas,enablePDB,imageName,imageCatalogRef}",
    "spec.{resources,inheritedMetadata,backup,plugins}",
    "status.{phase,readyInstances,instances,image}",
    conditions("status"),
  ],
  "Pooler.postgresql.cnpg.io": ["spec.{instances,cluster}", ...workload("spec.template")],
  "Backup.postgresql.cnpg.io": ["spec", "status.{phase,startedAt,stoppedAt,method}"],
  "ScheduledBackup.postgresql.cnpg.io": ["spec", "status.{error,lastScheduleTime}"],
  "ObjectStore.barmancloud.cnpg.io": [
    "spec.retentionPolicy",
    "spec.configuration.{destinationPath,endpointURL}",
    "status.serverRecoveryWindow",
  ],
  "Keycloak.k8s.keycloak.org": ["spec.{instances,image}", conditions("status")],
  "Backup.velero.io": ["spec", "status.{phase,startTimestamp,completionTimestamp,expiration}"],
  "Restore.velero.io": ["status.{phase,completionTimestamp}"],
  "Schedule.velero.io": ["spec", "status.{phase,lastBackup}"],
  "BackupStorageLocation.velero.io": ["spec.{provider,config,accessMode,default}", "status.phase"],
  "VolumeSnapshot.snapshot.storage.k8s.io": ["spec", "status.{readyToUse,creationTime}"],
  "ServiceMonitor.monitoring.coreos.com": [
    "spec.{selector,namespaceSelector}",
    "spec.endpoints[].{port,targetPort}",
  ],
  "PodMonitor.monitoring.coreos.com": [
    "spec.{selector,namespaceSelector}",
    "spec.podMetricsEndpoints[].{port,portNumber,targetPort}",
  ],
  "PrometheusRule.monitoring.coreos.com": ["spec.groups[].rules[].{alert,expr,labels}"],
};

/** With the names of their keys, which tell a key pair or a pull credential from a password. */
export const KEPT_METADATA_OF_SECRETS: readonly string[] = [...KEPT_METADATA, "managedFields"];

/** What only the rules of the audit read, beside the above; a kind that is only here is kept as it says. */
export const AUDIT_FIELDS: Readonly<Record<GroupKind, readonly string[]>> = {
  Pod: [
    "spec.nodeName",
    "spec.containers[].{name,resources}",
    "spec.initContainers[].{name,resources}",
    "spec.resources",
    "status.reason",
    "status.{startTime,conditions}",
    "status.containerStatuses[].{name,restartCount,state,lastState}",
    "status.initContainerStatuses[].{name,restartCount,state,lastState}",
  ],
  ConfigMap: ["data"],
  Secret: [],
  Node: ["spec.unschedulable"],
  "Job.batch": ["status.{failed,startTime,completionTime,conditions}"],
  "CronJob.batch": ["status.lastSuccessfulTime"],
  "PodDisruptionBudget.policy": ["spec", "status.disruptionsAllowed"],
  "Restore.velero.io": ["spec", "status.{phase,completionTimestamp}"],
  "Certificate.cert-manager.io": ["status.{notAfter,renewalTime}"],
  "CiliumNetworkPolicy.cilium.io": ["spec", "specs"],
  "CiliumClusterwideNetworkPolicy.cilium.io": ["spec", "specs"],
  "GrafanaAlertRuleGroup.grafana.integreatly.org": [],
};

function workload(template: string): readonly string[] {
  const container = "{name,image,resources,restartPolicy,ports}";
  return [
    "spec.{replicas,selector}",
    `${template}.metadata.{labels,annotations}`,
    `${template}.spec.containers[].${container}`,
    `${template}.spec.initContainers[].${container}`,
    `${template}.spec.resources`,
    `${template}.spec.volumes[].{name,persistentVolumeClaim}`,
  ];
}

function images(template: string): readonly string[] {
  return [
    `${template}.spec.containers[].{name,image}`,
    `${template}.spec.initContainers[].{name,image}`,
  ];
}

function status(fields: string): readonly string[] {
  return [`status.{observedGeneration,${fields}}`, conditions("status")];
}

function conditions(parent: string): string {
  return `${parent}.conditions[].{type,status,reason,lastTransitionTime,lastUpdateTime}`;
}
