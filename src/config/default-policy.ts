/**
 * The embedded policy: the Keymate production profile. Its comments reach the user through
 * `policy show`. It configures no rules: every rule brings its own mode and parameters.
 */
export const DEFAULT_POLICY = `\
# A Keymate Guard policy. The embedded one is the Keymate production profile; a --policy file is
# laid over it: maps merge by key, components by name, every other list is replaced.
apiVersion: policy.keymate.io/v1alpha1
kind: PlatformPolicy
metadata:
  name: keymate
spec:
  # keymate: laid over the embedded policy (the default). none: complete, starts from nothing.
  extends: none

  # production: rules as listed. staging, development: no rule is stricter than warn.
  profile: production

  # Value of the label app.kubernetes.io/part-of on every workload.
  platform: keymate

  # Lowest first: the order of upgrades. Names or * globs of namespaces; the label
  # policy.keymate.io/layer on a namespace wins over these lists.
  layers:
    - name: infrastructure # service mesh, certificate manager
      namespaces: [platform-infrastructure]
    - name: data # databases, caches, brokers
      namespaces: [platform-data]
    - name: application # identity, authorization, gateway, services
      namespaces: [platform-application]
    - name: observability # telemetry, dashboards, alerting
      namespaces: [platform-observability]

  # A workload says what it is with the label policy.keymate.io/component. Without it \`match\`
  # guesses: any of the labels, or an image whose last path segment (without tag) fits a glob.
  # A guess never blocks. Critical components are held to their minimum; the others only warn.
  components:
    - name: identity-provider # signs people in
      layer: application
      critical: true
      minReplicas: 2
      match:
        labels: {app.kubernetes.io/name: keycloak}
        images: [keycloak, keycloakx, "*-keycloak", identity-provider]
    - name: authorization-engine # answers who may do what
      layer: application
      critical: true
      minReplicas: 2
      match:
        labels: {app.kubernetes.io/name: openfga}
        images: [openfga, "*-openfga", spicedb, authorization-engine]
    - name: api-gateway # the way in
      layer: application
      critical: true
      minReplicas: 2
      match:
        labels: {app.kubernetes.io/component: api-gateway}
        images: [kong, kong-gateway, apisix, krakend, traefik, api-gateway]
    - name: platform-service # the platform's own services
      layer: application
      critical: true
      minReplicas: 2
      match:
        labels: {app.kubernetes.io/component: platform-service}
        images: [platform-service]
    - name: relational-database # a primary and a replica, failover by an operator
      layer: data
      critical: true
      minReplicas: 2
      match:
        labels: {app.kubernetes.io/name: postgresql}
        images: [postgres, postgresql, postgresql-ha, postgresql-repmgr, pgbouncer, mysql, mariadb]
    - name: cache # sessions and tokens; can be rebuilt
      layer: data
      critical: false
      minReplicas: 2
      match:
        labels: {app.kubernetes.io/name: redis}
        images: [redis, redis-cluster, valkey, valkey-cluster, memcached, infinispan, server-infinispan]
    - name: message-broker # events between services
      layer: data
      critical: false
      minReplicas: 2
      match:
        labels: {app.kubernetes.io/name: kafka}
        images: [kafka, cp-kafka, redpanda, rabbitmq, nats, pulsar]
    - name: service-mesh # mutual TLS between workloads
      layer: infrastructure
      critical: false
      minReplicas: 2
      match:
        labels: {app.kubernetes.io/name: istiod}
        images: [pilot, istiod, ztunnel, install-cni, linkerd-controller]
    - name: certificate-manager # issues and renews certificates
      layer: infrastructure
      critical: false
      minReplicas: 2
      match:
        labels: {app.kubernetes.io/name: cert-manager}
        images: ["cert-manager-*", trust-manager]
    - name: telemetry-collector # traces, metrics, logs
      layer: observability
      critical: false
      minReplicas: 2
      match:
        labels: {app.kubernetes.io/name: opentelemetry-collector}
        images: ["opentelemetry-collector*", otelcol, "otelcol-*", alloy, fluent-bit, vector]
    - name: dashboards # what people look at
      layer: observability
      critical: false
      minReplicas: 2
      match:
        labels: {app.kubernetes.io/name: grafana}
        images: [grafana, grafana-oss, grafana-enterprise, perses]
    - name: alerting # metrics storage, alert rules and their delivery
      layer: observability
      critical: false
      minReplicas: 2
      match:
        labels: {app.kubernetes.io/name: alertmanager}
        images: [prometheus, alertmanager, vmalert, vmalertmanager]

  # What admission fills in where a container says nothing. The guide's example.
  defaults:
    resources:
      requests: {cpu: 500m, memory: 512Mi}
      limits: {cpu: "2", memory: 2Gi}
    # Extra labels for every workload.
    labels: {}

  # By rule id: mode (enforce, warn, audit, off) and params. \`keymate-guard rules\` explains them.
  rules: {}

  # Staged adoption, top to bottom, the first match wins. For example:
  # - {namespaces: ["legacy-*"], rules: ["res-*"], objects: ["Deployment/*"],
  #    mode: warn, until: 2027-03-31, reason: "moves in Q1"}
  overrides: []

  # Strictest mode outside layer namespaces, for rules that are not about layers.
  unlayered: audit

  # Accounts of operators that create Pods and budgets themselves. What they create is audited,
  # never blocked: a denial would stop a failover.
  trustedControllers:
    - system:serviceaccount:cnpg-system:cnpg-manager
    - system:serviceaccount:keda:keda-operator

  # One group whose members bypass the guard in an emergency. None unless named:
  # breakGlassGroup: keymate:break-glass

  # Never judged. Exact names; kube-system must always be able to heal itself.
  excludedNamespaces: [kube-system, kube-public, kube-node-lease]
`;
