import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { after, before, test } from "node:test";
import { startCluster, type TestCluster } from "./cluster.ts";
import { eventually } from "./eventually.ts";

let cluster: TestCluster;

before(async () => {
  const start = performance.now();
  cluster = await startCluster({ controllerManager: true, audit: "Request" });
  process.stderr.write(`Cluster ready in ${((performance.now() - start) / 1000).toFixed(1)} s.\n`);
});

after(() => cluster?.stop());

async function kubectl(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await cluster.kubectl(args);
  assert.equal(code, 0, stderr);
  return stdout;
}

test("a deployment made by kubectl gets a replica set and a pod from the controllers", async () => {
  await kubectl("create", "namespace", "shop");
  await kubectl("-n", "shop", "create", "deployment", "web", "--image=registry.example/web:1");
  const pod = await eventually(async () => {
    const answer = await cluster.request("GET", "/api/v1/namespaces/shop/pods");
    return answer.json<{ items: { metadata: { ownerReferences: object[] }; spec: object }[] }>()
      .items[0];
  });
  assert.partialDeepStrictEqual(pod.metadata.ownerReferences, [{ kind: "ReplicaSet" }]);
  assert.partialDeepStrictEqual(pod.spec, { serviceAccountName: "default" });
});

test("a deployment made by the controllers is attributed to their own accounts", async () => {
  const made = await eventually(async () =>
    cluster
      .auditEvents()
      .find((event) => event.verb === "create" && /shop\/replicasets/.test(event.requestURI)),
  );
  assert.partialDeepStrictEqual(made["user"], {
    username: "system:serviceaccount:kube-system:deployment-controller",
  });
});

test("a deleted namespace goes away with what is in it", async () => {
  await kubectl("create", "namespace", "brief");
  await kubectl("-n", "brief", "create", "configmap", "some");
  await kubectl("delete", "namespace", "brief", "--timeout=30s");
  assert.equal((await cluster.request("GET", "/api/v1/namespaces/brief")).status, 404);
});

test("a service account's kubeconfig is held to its roles", async () => {
  await kubectl("create", "serviceaccount", "reader");
  await kubectl("create", "role", "reader", "--verb=list", "--resource=pods");
  await kubectl(
    "create",
    "rolebinding",
    "reader",
    "--role=reader",
    "--serviceaccount=default:reader",
  );
  const kubeconfig = await cluster.tokenKubeconfig("default", "reader");
  assert.equal((await cluster.kubectl(["get", "pods"], { kubeconfig })).code, 0);
  const refused = await cluster.kubectl(["get", "secrets"], { kubeconfig });
  assert.match(refused.stderr, /Forbidden.*system:serviceaccount:default:reader/);
});

test("a broken manifest is refused with kubectl's words", async () => {
  const manifest = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: Upper}\n";
  await assert.rejects(cluster.apply(manifest), /kubectl apply failed:.*RFC 1123/s);
});

test("a second API server shows the same objects and can be stopped alone", async () => {
  const second = await cluster.addApiServer();
  const path = "/api/v1/namespaces/default/configmaps";
  const body = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "shared" } };
  assert.equal((await second.request("POST", path, body)).status, 201);
  assert.equal((await cluster.request("GET", `${path}/shared`)).status, 200);
  await second.stop();
  assert.equal((await cluster.request("GET", "/readyz")).status, 200);
});

test("the metrics name the API server's version", async () => {
  assert.match(await cluster.metrics(), /^kubernetes_build_info\{.*git_version="v\d/m);
});

test("a stopped cluster leaves no process and no folder", async () => {
  const other = await startCluster();
  const pids = [other.etcd.process.pid, other.apiServer.process.pid];
  await other.stop();
  for (const pid of pids) assert.throws(() => process.kill(pid, 0), { code: "ESRCH" });
  assert.equal(existsSync(other.dir), false);
});
