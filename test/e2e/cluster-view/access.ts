import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { dig } from "../../../src/kubernetes/json.ts";
import type { TestCluster } from "../../cluster/cluster.ts";
import { within } from "./fast-clock.ts";
import { create, secret, send } from "./objects.ts";

/** The token of one account, in the file that the cache reads it from. */
export interface Login {
  /** The API server refuses it from now on, or from the moment it looks at it again. */
  revoke(): Promise<void>;
  renew(): Promise<void>;
}

const apiGroup = "rbac.authorization.k8s.io";
const RBAC = `/apis/${apiGroup}/v1`;

/** Lets every account read all kinds but LimitRanges, and defines who may read those. */
export async function grantKinds({ request }: TestCluster): Promise<void> {
  const verbs = ["list", "watch"];
  const rule = (apiGroups: string[], ...resources: string[]) => ({ apiGroups, resources, verbs });
  await send(request, "POST", `${RBAC}/clusterroles`, {
    metadata: { name: "guard" },
    rules: [
      rule([""], "namespaces", "secrets"),
      rule(["apps"], "deployments"),
      rule(["policy"], "poddisruptionbudgets"),
      rule(["postgresql.cnpg.io"], "clusters"),
      rule(["k8s.keycloak.org"], "keycloaks"),
    ],
  });
  await send(request, "POST", `${RBAC}/clusterroles`, {
    metadata: { name: "limits" },
    rules: [rule([""], "limitranges")],
  });
  await send(request, "POST", `${RBAC}/clusterrolebindings`, {
    metadata: { name: "guard" },
    roleRef: { apiGroup, kind: "ClusterRole", name: "guard" },
    subjects: [{ apiGroup, kind: "Group", name: "system:serviceaccounts" }],
  });
}

/** Its own binding, so that one kind can be taken away from one account. */
export async function grantLimits(cluster: TestCluster, namespace: string): Promise<void> {
  const { request } = cluster;
  const user = `system:serviceaccount:${namespace}:guard`;
  await send(request, "POST", `${RBAC}/clusterrolebindings`, {
    metadata: { name: `limits-${namespace}` },
    roleRef: { apiGroup, kind: "ClusterRole", name: "limits" },
    subjects: [{ kind: "ServiceAccount", name: "guard", namespace }],
  });
  const ask = { user, resourceAttributes: { verb: "watch", resource: "limitranges" } };
  const path = "/apis/authorization.k8s.io/v1/subjectaccessreviews";
  const isAllowed = async () =>
    dig(await send(request, "POST", path, { spec: ask }), "status", "allowed") === true;
  await within(60, isAllowed);
}

export async function revokeLimits(cluster: TestCluster, namespace: string): Promise<void> {
  const path = `${RBAC}/clusterrolebindings/limits-${namespace}`;
  await send(cluster.request, "DELETE", path);
}

export function loginOf(
  { request, caFile }: TestCluster,
  namespace: string,
  folder: string,
): Login {
  let count = 0;
  mkdirSync(folder);
  writeFileSync(join(folder, "ca.crt"), readFileSync(caFile));
  writeFileSync(join(folder, "namespace"), namespace);
  const place = `/api/v1/namespaces/${namespace}`;
  return {
    // A token dies with the object that it is bound to.
    async revoke() {
      await send(request, "DELETE", `${place}/secrets/login-${count}`);
    },
    async renew() {
      count += 1;
      const bound = await create(request, namespace, secret(`login-${count}`));
      const boundObjectRef = {
        kind: "Secret",
        apiVersion: "v1",
        name: `login-${count}`,
        uid: dig(bound, "metadata", "uid"),
      };
      const spec = { expirationSeconds: 3600, boundObjectRef };
      const answer = await send(request, "POST", `${place}/serviceaccounts/guard/token`, { spec });
      writeFileSync(join(folder, "token"), String(dig(answer, "status", "token")));
    },
  };
}
