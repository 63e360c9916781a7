import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startCluster, type TestCluster } from "./cluster.ts";
import { eventually } from "./eventually.ts";

let cluster: TestCluster;

before(async () => {
  cluster = await startCluster({ controllerManager: true, scheduler: true, kwok: true });
});

after(() => cluster?.stop());

async function kubectl(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await cluster.kubectl(args);
  assert.equal(code, 0, stderr);
  return stdout;
}

const stateful = (image: string) => ({
  apiVersion: "apps/v1",
  kind: "StatefulSet",
  metadata: { name: "db" },
  spec: {
    replicas: 2,
    serviceName: "db",
    minReadySeconds: 2,
    selector: { matchLabels: { app: "db" } },
    template: {
      metadata: { labels: { app: "db" } },
      spec: { containers: [{ name: "db", image }] },
    },
    volumeClaimTemplates: [
      {
        metadata: { name: "data" },
        spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
      },
    ],
  },
});

test("a deployment's pods run on the nodes and its rollouts end", async () => {
  await kubectl("create", "deployment", "web", "--replicas=2", "--image=registry.example/web:1");
  await kubectl("rollout", "status", "deployment/web", "--timeout=30s");
  await kubectl("set", "image", "deployment/web", "web=registry.example/web:2");
  await kubectl("rollout", "status", "deployment/web", "--timeout=30s");
  const { status } = JSON.parse(await kubectl("get", "deployment", "web", "-o", "json"));
  assert.partialDeepStrictEqual(status, { updatedReplicas: 2, availableReplicas: 2 });
  await kubectl("rollout", "undo", "deployment/web");
  await kubectl("rollout", "status", "deployment/web", "--timeout=30s");
});

test("a StatefulSet's claims are bound, and an image change rolls pod by pod", async () => {
  await cluster.apply(JSON.stringify(stateful("registry.example/db:1")));
  await kubectl("rollout", "status", "statefulset/db", "--timeout=60s");
  const claims = JSON.parse(await kubectl("get", "pvc", "-o", "json"));
  assert.deepEqual(
    claims.items.map((claim: { status: { phase: string } }) => claim.status.phase),
    ["Bound", "Bound"],
  );
  await cluster.apply(JSON.stringify(stateful("registry.example/db:2")));
  const revisions = async () => {
    const { status } = JSON.parse(await kubectl("get", "statefulset", "db", "-o", "json"));
    return status.currentRevision === status.updateRevision;
  };
  await eventually(async () => !(await revisions()));
  await kubectl("rollout", "status", "statefulset/db", "--timeout=60s");
  await eventually(revisions);
});
