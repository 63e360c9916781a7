import {
  autoscaler,
  budget,
  isStateful,
  namespaceOf,
  networkPolicy,
  pod,
  workload,
} from "./crowd.ts";

type Json = Record<string, unknown>;

interface Change {
  readonly operation: "CREATE" | "UPDATE" | "DELETE";
  readonly resource: string;
  readonly group: string;
  readonly kind: string;
  readonly subResource?: string;
  readonly object: Json | null;
  readonly oldObject: Json | null;
  readonly user?: string;
}

/** What users and controllers send about the workload of an index: each kind of review once. */
export function reviewsOf(index: number): Readonly<Record<string, string>> {
  const changes = changesOf(index);
  return Object.fromEntries(
    Object.entries(changes).map(([name, change]) => [name, reviewBody(index, change)]),
  );
}

function changesOf(index: number): Readonly<Record<string, Change>> {
  const old = workload(index);
  const stateful = isStateful(index);
  const kind = stateful ? "StatefulSet" : "Deployment";
  const apps = { group: "apps", kind, resource: stateful ? "statefulsets" : "deployments" };
  const pdb = { group: "policy", kind: "PodDisruptionBudget", resource: "poddisruptionbudgets" };
  const made = renamed(old, `new-${index}`);
  return {
    "workload created": { ...apps, operation: "CREATE", object: made, oldObject: null },
    "workload upgraded": { ...apps, operation: "UPDATE", object: upgraded(old), oldObject: old },
    "workload scaled": {
      ...apps,
      operation: "UPDATE",
      subResource: "scale",
      object: scale(old, 4),
      oldObject: scale(old, 3),
    },
    "autoscaler updated": {
      operation: "UPDATE",
      group: "autoscaling",
      kind: "HorizontalPodAutoscaler",
      resource: "horizontalpodautoscalers",
      object: withSpec(autoscaler(index), { minReplicas: 4 }),
      oldObject: autoscaler(index),
    },
    "budget created": {
      ...pdb,
      operation: "CREATE",
      object: renamed(budget(index), `more-${index}`),
      oldObject: null,
    },
    "budget updated": {
      ...pdb,
      operation: "UPDATE",
      object: withSpec(budget(index), { maxUnavailable: 2 }),
      oldObject: budget(index),
    },
    "budget deleted": { ...pdb, operation: "DELETE", object: null, oldObject: budget(index) },
    "network policy created": {
      operation: "CREATE",
      group: "networking.k8s.io",
      kind: "NetworkPolicy",
      resource: "networkpolicies",
      object: renamed(networkPolicy(index), `more-${index}`),
      oldObject: null,
    },
    "pod created": {
      operation: "CREATE",
      group: "",
      kind: "Pod",
      resource: "pods",
      user: "system:serviceaccount:kube-system:replicaset-controller",
      object: podOf(index, old),
      oldObject: null,
    },
  };
}

function reviewBody(index: number, change: Change): string {
  const { operation, group, kind, resource, subResource, object, oldObject } = change;
  const version = group === "autoscaling" ? "v2" : "v1";
  const isScale = subResource === "scale";
  const name = ((object ?? oldObject) as { metadata: { name: string } }).metadata.name;
  return JSON.stringify({
    apiVersion: "admission.k8s.io/v1",
    kind: "AdmissionReview",
    request: {
      uid: `00000000-0000-4000-9000-${String(index).padStart(12, "0")}`,
      kind: isScale
        ? { group: "autoscaling", version: "v1", kind: "Scale" }
        : { group, version, kind },
      resource: { group, version, resource },
      ...(subResource === undefined ? {} : { subResource }),
      name,
      namespace: namespaceOf(index),
      operation,
      userInfo: { username: change.user ?? "developer", groups: ["system:authenticated"] },
      object,
      oldObject,
      // Nobody upgrades thousands of workloads in a minute: a guard must not remember them all.
      dryRun: true,
      options: null,
    },
  });
}

function scale(object: Json, replicas: number): Json {
  const { name, namespace, uid } = object["metadata"] as Json;
  return {
    apiVersion: "autoscaling/v1",
    kind: "Scale",
    metadata: { name, namespace, uid },
    spec: { replicas },
    status: { replicas: 3, selector: `app.kubernetes.io/name=${String(name)}` },
  };
}

function renamed(object: Json, name: string): Json {
  return { ...object, metadata: { ...(object["metadata"] as Json), name }, status: {} };
}

function withSpec(object: Json, fields: Json): Json {
  return { ...object, spec: { ...(object["spec"] as Json), ...fields } };
}

function upgraded(object: Json): Json {
  return JSON.parse(JSON.stringify(object).replaceAll(":2.4.1", ":2.5.0")) as Json;
}

function podOf(index: number, owner: Json): Json {
  const { template } = owner["spec"] as { template: { spec: Json } };
  return { ...pod(index, index + 1), spec: template.spec };
}
