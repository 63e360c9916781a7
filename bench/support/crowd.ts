/** A crowded cluster, made up: the same objects for the same index, whoever asks. */

export interface CrowdSize {
  readonly workloads: number;
  readonly budgets: number;
  readonly autoscalers: number;
  readonly networkPolicies: number;
  readonly pods: number;
}

const LAYERS = ["infrastructure", "data", "application", "observability"] as const;
const CREATED = "2026-10-01T08:00:00Z";

const RESOURCES = {
  requests: { cpu: "500m", memory: "512Mi" },
  limits: { cpu: "2", memory: "2Gi" },
};

type Json = Record<string, unknown>;

/** Everything lies in four namespaces, so that a walk over one of them would show. */
export function namespaceOf(index: number): string {
  return `platform-${LAYERS[index % LAYERS.length]}`;
}

export function isStateful(index: number): boolean {
  return index % 5 === 4;
}

export function namespaces(): Json[] {
  return LAYERS.map((layer) => ({
    apiVersion: "v1",
    kind: "Namespace",
    metadata: {
      ...metadata(`platform-${layer}`, undefined),
      labels: {
        "kubernetes.io/metadata.name": `platform-${layer}`,
        "policy.keymate.io/layer": layer,
      },
    },
  }));
}

/** One of each layer. */
const COMPONENTS = ["service-mesh", "cache", "platform-service", "telemetry-collector"] as const;

/** A workload that runs as it should. */
export function workload(index: number): Json {
  const name = `app-${index}`;
  const labels = labelsOf(index);
  return {
    apiVersion: "apps/v1",
    kind: isStateful(index) ? "StatefulSet" : "Deployment",
    metadata: {
      ...metadata(name, namespaceOf(index)),
      labels,
    },
    spec: {
      replicas: 3,
      selector: { matchLabels: { "app.kubernetes.io/name": name } },
      template: {
        metadata: { labels },
        spec: {
          containers: [container(name, RESOURCES), container("proxy", RESOURCES)],
          volumes: [{ name: "settings", configMap: { name: `${name}-settings` } }],
          topologySpreadConstraints: [
            {
              maxSkew: 1,
              topologyKey: "kubernetes.io/hostname",
              whenUnsatisfiable: "ScheduleAnyway",
              labelSelector: { matchLabels: { "app.kubernetes.io/name": name } },
            },
          ],
        },
      },
    },
    status: settled(index),
  };
}

function settled(index: number): Json {
  const counts = { replicas: 3, readyReplicas: 3, updatedReplicas: 3, availableReplicas: 3 };
  if (isStateful(index)) {
    const revision = `app-${index}-5d8c`;
    return {
      observedGeneration: 3,
      ...counts,
      currentRevision: revision,
      updateRevision: revision,
      currentReplicas: 3,
    };
  }
  const condition = (type: string, reason: string) => ({
    type,
    status: "True",
    reason,
    message: `Deployment "app-${index}" is as it should be.`,
    lastUpdateTime: CREATED,
    lastTransitionTime: CREATED,
  });
  return {
    observedGeneration: 3,
    ...counts,
    conditions: [
      condition("Available", "MinimumReplicasAvailable"),
      condition("Progressing", "NewReplicaSetAvailable"),
    ],
  };
}

export function budget(index: number): Json {
  const name = `app-${index}`;
  return {
    apiVersion: "policy/v1",
    kind: "PodDisruptionBudget",
    metadata: metadata(name, namespaceOf(index)),
    spec: { maxUnavailable: 1, selector: { matchLabels: { "app.kubernetes.io/name": name } } },
  };
}

export function autoscaler(index: number): Json {
  const name = `app-${index}`;
  const kind = isStateful(index) ? "StatefulSet" : "Deployment";
  return {
    apiVersion: "autoscaling/v2",
    kind: "HorizontalPodAutoscaler",
    metadata: metadata(name, namespaceOf(index)),
    spec: {
      scaleTargetRef: { apiVersion: "apps/v1", kind, name },
      minReplicas: 3,
      maxReplicas: 6,
      metrics: [
        {
          type: "Resource",
          resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 70 } },
        },
      ],
    },
  };
}

export function networkPolicy(index: number): Json {
  const name = `app-${index}`;
  return {
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: metadata(name, namespaceOf(index)),
    spec: {
      podSelector: { matchLabels: { "app.kubernetes.io/name": name } },
      policyTypes: ["Ingress"],
      ingress: [
        {
          from: [{ podSelector: { matchLabels: { "app.kubernetes.io/part-of": "keymate" } } }],
          ports: [{ port: 8080 }],
        },
      ],
    },
  };
}

export function pod(index: number, workloads: number): Json {
  const owner = index % workloads;
  const name = `app-${owner}-7d9f-${index}`;
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      ...metadata(name, namespaceOf(owner)),
      labels: { ...labelsOf(owner), "pod-template-hash": `7d9f${owner}` },
      ownerReferences: [
        {
          apiVersion: "apps/v1",
          kind: "ReplicaSet",
          name: `app-${owner}-7d9f`,
          uid: uid(owner),
          controller: true,
          blockOwnerDeletion: true,
        },
      ],
    },
    spec: {
      containers: [container("app", RESOURCES)],
      nodeName: `node-${index % 100}`,
    },
  };
}

export function replicaSet(index: number): Json {
  const owner = workload(index) as { spec: { template: Json } };
  return {
    apiVersion: "apps/v1",
    kind: "ReplicaSet",
    metadata: {
      ...metadata(`app-${index}-7d9f`, namespaceOf(index)),
      labels: labelsOf(index),
      annotations: { "deployment.kubernetes.io/revision": "3" },
      ownerReferences: [
        {
          apiVersion: "apps/v1",
          kind: "Deployment",
          name: `app-${index}`,
          uid: uid(index),
          controller: true,
        },
      ],
    },
    spec: {
      replicas: 3,
      selector: { matchLabels: { "app.kubernetes.io/name": `app-${index}` } },
      template: owner.spec.template,
    },
  };
}

function labelsOf(index: number): Json {
  return {
    "app.kubernetes.io/name": `app-${index}`,
    "app.kubernetes.io/part-of": "keymate",
    "app.kubernetes.io/version": "2.4.1",
    "policy.keymate.io/component": COMPONENTS[index % COMPONENTS.length],
  };
}

function container(name: string, resources: object): Json {
  return {
    name,
    image: `registry.example/keymate/${name}:2.4.1`,
    imagePullPolicy: "IfNotPresent",
    ports: [{ name: "http", containerPort: 8080, protocol: "TCP" }],
    env: [
      { name: "LOG_LEVEL", value: "info" },
      { name: "DATABASE_PASSWORD", valueFrom: { secretKeyRef: { name: "db", key: "password" } } },
    ],
    readinessProbe: { httpGet: { path: "/ready", port: "http" }, periodSeconds: 5 },
    livenessProbe: { httpGet: { path: "/live", port: "http" }, periodSeconds: 10 },
    resources,
    securityContext: { allowPrivilegeEscalation: false, runAsNonRoot: true },
    terminationMessagePath: "/dev/termination-log",
  };
}

function metadata(name: string, namespace: string | undefined): Json {
  return {
    name,
    ...(namespace === undefined ? {} : { namespace }),
  };
}

function uid(index: number): string {
  return `00000000-0000-4000-8000-${String(index).padStart(12, "0")}`;
}
