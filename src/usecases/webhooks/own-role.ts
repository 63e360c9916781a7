/**
 * What the guard may do in its own namespace: keep its certificates, and call itself through the API
 * server by the dry run of a create, which RBAC cannot tell from a real one.
 */
export function ownRole() {
  return {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "Role",
    metadata: { name: "keymate-guard", labels: { "app.kubernetes.io/name": "keymate-guard" } },
    rules: [
      {
        apiGroups: [""],
        resources: ["secrets"],
        resourceNames: ["keymate-guard-certs"],
        verbs: ["get", "list", "watch", "patch"],
      },
      { apiGroups: [""], resources: ["configmaps"], verbs: ["create"] },
    ],
  };
}
