/** Names and values of Kubernetes that the rules look at, and what JSON can do to them. */
export const WORDS: readonly string[] = [
  ...["null", "true", "false", "0", "-1", "1e400", "-0", "9223372036854775807", "[]", "{}", '""'],
  ...['"__proto__":{}', '"constructor":1', '"\\ud800"', '"\\u0000"', '"\\u003c"', "[[]]", ","],
  ...["CREATE", "UPDATE", "DELETE", "CONNECT", "scale", "status", "eviction"].map((w) => `"${w}"`),
  ...[
    "Deployment",
    "StatefulSet",
    "DaemonSet",
    "Job",
    "CronJob",
    "Pod",
    "Namespace",
    "ConfigMap",
  ].map((w) => `"${w}"`),
  ...["Service", "NetworkPolicy", "PodDisruptionBudget", "HorizontalPodAutoscaler"].map(
    (w) => `"${w}"`,
  ),
  ...["Cluster", "Schedule", "PeerAuthentication", "ScaledObject", "Secret"].map((w) => `"${w}"`),
  ...[
    "apps",
    "batch",
    "policy",
    "autoscaling",
    "networking.k8s.io",
    "postgresql.cnpg.io",
    "velero.io",
  ].map((w) => `"${w}"`),
  ...["platform-application", "platform-data", "kube-system", "policy.keymate.io/component"].map(
    (w) => `"${w}"`,
  ),
  ...["relational-database", "identity-provider", "api-gateway", "policy.keymate.io/layer"].map(
    (w) => `"${w}"`,
  ),
  ...['"metadata":{"labels":{}}', '"spec":{"template":{"spec":{"containers":[{"name":"a"}]}}}'],
  ...[
    '"resources":{"limits":{"cpu":"1"}}',
    '"env":[{"name":"PASSWORD","value":"x"}]',
    '"replicas":1',
  ],
  ...['"500m"', '"1Gi"', '"1e3"', '"0 3 * * *"', '"image":"a:latest"', '"deletionTimestamp":"x"'],
];
