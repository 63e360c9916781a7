import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { ensureHelm } from "../../cluster/build.ts";
import { createKubectl, type Kubectl, type KubectlResult } from "../../cluster/kubectl.ts";
import { namespace } from "../support/manifests.ts";
import { Platform, succeeded } from "../support/platform.ts";
import { budget, database, nightly, object, policy } from "./objects.ts";
import { applyCrds, sound } from "./support.ts";

let platform: Platform;
let helm: Kubectl;

before(async () => {
  platform = await Platform.start({ before: applyCrds });
  const { kubeconfig, dir } = platform.cluster;
  helm = createKubectl(await ensureHelm(), kubeconfig, dir);
});

after(() => platform?.stop());

/** A whole product, each thing before what it relies on, in namespaces of its own. */
function product(name: string): readonly object[] {
  const [app, data] = [`${name}-app`, `${name}-data`];
  const scaled = sound("Deployment", `${app}/gateway`, { component: "api-gateway" });
  const { replicas: _replicas, ...spec } = scaled.spec as { replicas?: number };
  return [
    { ...scaled, spec },
    object("autoscaling/v2", "HorizontalPodAutoscaler", `${app}/gateway`, {
      spec: {
        scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "gateway" },
        minReplicas: 2,
        maxReplicas: 4,
      },
    }),
    object("monitoring.coreos.com/v1", "ServiceMonitor", `${app}/gateway`, {
      spec: { selector: { matchLabels: { app: "gateway" } }, endpoints: [{ port: "http" }] },
    }),
    object("gateway.networking.k8s.io/v1", "HTTPRoute", `${app}/gateway`, {
      spec: { parentRefs: [{ name: "public" }], rules: [{ backendRefs: [{ name: "gateway" }] }] },
    }),
    object("v1", "Service", `${app}/gateway`, {
      spec: { selector: { app: "gateway" }, ports: [{ name: "http", port: 8080 }] },
    }),
    budget(`${app}/gateway`),
    nightly(`${data}/nightly`, "pg"),
    database(`${data}/pg`),
    sound("StatefulSet", `${data}/cache`, { component: "cache" }),
    budget(`${data}/cache`),
    policy(`${data}/default-deny`, []),
  ];
}

const layers = (name: string) => [
  namespace(`${name}-app`, "application"),
  namespace(`${name}-data`, "data"),
];

/** A folder with one file for each object, in their order. */
function folder(name: string, objects: readonly object[]): string {
  const dir = join(platform.cluster.dir, name);
  mkdirSync(dir, { recursive: true });
  objects.forEach((each, index) => {
    const file = `${String(index).padStart(2, "0")}.json`;
    writeFileSync(join(dir, file), JSON.stringify(each));
  });
  return dir;
}

function assertUnrefused(result: KubectlResult): void {
  assert.doesNotMatch(result.stderr, /denied the request/);
  succeeded(result);
}

test("kubectl apply of a folder is refused nothing for what comes later", async () => {
  const dir = folder("plain", [...layers("plain"), ...product("plain")]);
  assertUnrefused(await platform.kubectl("apply", "-f", dir));
});

test("kubectl apply -k is refused nothing for what comes later", async () => {
  const objects = [...product("custom"), ...layers("custom")];
  const dir = folder("custom", objects);
  const resources = objects.map((_, index) => `${String(index).padStart(2, "0")}.json`);
  writeFileSync(join(dir, "kustomization.yaml"), JSON.stringify({ resources }));
  assertUnrefused(await platform.kubectl("apply", "-k", dir));
});

test("helm install and upgrade are refused nothing for what comes later", async () => {
  const chart = join(platform.cluster.dir, "chart");
  mkdirSync(chart, { recursive: true });
  writeFileSync(
    join(chart, "Chart.yaml"),
    JSON.stringify({ apiVersion: "v2", name: "product", version: "1.0.0" }),
  );
  folder("chart/templates", [...product("helm"), ...layers("helm")]);
  assertUnrefused(await helm(["install", "product", chart]));
  assertUnrefused(await helm(["upgrade", "product", chart]));
});

/** Source: kindOrder of pkg/sync/sync_tasks.go, github.com/argoproj/gitops-engine v0.7.3. */
const ARGO_KINDS = [
  ...["Namespace", "NetworkPolicy", "ResourceQuota", "LimitRange", "PodSecurityPolicy"],
  ...["PodDisruptionBudget", "ServiceAccount", "Secret", "SecretList", "ConfigMap", "StorageClass"],
  ...["PersistentVolume", "PersistentVolumeClaim", "CustomResourceDefinition", "ClusterRole"],
  ...["ClusterRoleList", "ClusterRoleBinding", "ClusterRoleBindingList", "Role", "RoleList"],
  ...["RoleBinding", "RoleBindingList", "Service", "DaemonSet", "Pod", "ReplicationController"],
  ...["ReplicaSet", "Deployment", "HorizontalPodAutoscaler", "StatefulSet", "Job", "CronJob"],
  ...["IngressClass", "Ingress", "APIService"],
];

type Named = { readonly kind: string; readonly metadata: { readonly name: string } };

/** Phase and wave are equal for all; kinds that Argo CD does not know come last. */
function inArgoOrder(objects: readonly object[]): readonly object[] {
  const rank = ({ kind }: Named) => (ARGO_KINDS.indexOf(kind) + 1 || ARGO_KINDS.length + 1) - 1;
  return (objects as readonly Named[]).toSorted(
    (a, b) => rank(a) - rank(b) || (a.metadata.name < b.metadata.name ? -1 : 1),
  );
}

async function applyEach(objects: readonly object[], ...args: readonly string[]): Promise<void> {
  for (const each of objects) {
    const stdin = JSON.stringify(each);
    assertUnrefused(await platform.cluster.kubectl(["apply", "-f", "-", ...args], { stdin }));
  }
}

test("a sync of Argo CD is refused nothing for what comes later", async () => {
  const objects = inArgoOrder([...product("argo"), ...layers("argo")]);
  assert.deepEqual(objects.map((each) => (each as Named).kind).slice(0, 5), [
    "Namespace",
    "Namespace",
    "NetworkPolicy",
    "PodDisruptionBudget",
    "PodDisruptionBudget",
  ]);
  await applyEach(objects);
  await applyEach(objects);
});

test("a server-side sync of Argo CD, which tries everything first, is refused nothing", async () => {
  await applyEach(layers("argo-ssa"));
  const objects = inArgoOrder(product("argo-ssa"));
  const serverSide = ["--server-side", "--field-manager=argocd-controller", "--force-conflicts"];
  await applyEach(objects, ...serverSide, "--dry-run=server");
  await applyEach(objects, ...serverSide);
});

test("the order in which helm uninstalls is refused nothing but the loss of data", async () => {
  const kept = await helm(["uninstall", "product", "--debug"]);
  assert.notEqual(kept.code, 0);
  assert.doesNotMatch(kept.stderr, /\[pdb-delete-protect\]/);
  assert.match(kept.stderr, /\[backup-delete-protect\] .*helm-data/);
});
